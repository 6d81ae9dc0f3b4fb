import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseSentinelEvent, type SentinelEvent } from './sentinel-events.ts';

const MASTER = { role: 'master', endpoint: { host: '10.0.0.1', port: 6379 }, master: 'mymaster' } as const;
const REPLICA = { role: 'replica', endpoint: { host: '10.0.0.2', port: 6379 }, master: 'mymaster' } as const;
const ABOUT_MASTER = 'master mymaster 10.0.0.1 6379';
const ABOUT_REPLICA = 'slave 10.0.0.2:6379 10.0.0.2 6379 @ mymaster 10.0.0.1 6379';

/** Messages as Redis 7.0.15 sent them, with other addresses. */
const TABLE: readonly (readonly [string, string, SentinelEvent])[] = [
  [
    '+switch-master',
    'mymaster 10.0.0.1 6379 10.0.0.2 6379',
    { kind: 'switch-master', master: 'mymaster', from: MASTER.endpoint, to: REPLICA.endpoint },
  ],
  ['+try-failover', ABOUT_MASTER, { kind: 'failover', step: 'tried', subject: MASTER }],
  ['+selected-slave', ABOUT_REPLICA, { kind: 'failover', step: 'selected', subject: REPLICA }],
  ['+promoted-slave', ABOUT_REPLICA, { kind: 'failover', step: 'promoted', subject: REPLICA }],
  ['+failover-end', ABOUT_MASTER, { kind: 'failover', step: 'ended', subject: MASTER }],
  ['-failover-abort-no-good-slave', ABOUT_MASTER, { kind: 'failover', step: 'aborted', subject: MASTER }],
  ['-failover-abort-not-elected', ABOUT_MASTER, { kind: 'failover', step: 'aborted', subject: MASTER }],
  ['+sdown', ABOUT_MASTER, { kind: 'instance', change: 'down', subject: MASTER }],
  ['-sdown', ABOUT_REPLICA, { kind: 'instance', change: 'up', subject: REPLICA }],
  ['+odown', `${ABOUT_MASTER} #quorum 2/2`, { kind: 'instance', change: 'agreed-down', subject: MASTER }],
  ['+reboot', ABOUT_MASTER, { kind: 'instance', change: 'rebooted', subject: MASTER }],
  ['+slave', ABOUT_REPLICA, { kind: 'instance', change: 'found', subject: REPLICA }],
  [
    '+sentinel',
    'sentinel c4aa2621200bb3a725010c6a7b84c1daf823b0fa fd00::7 26379 @ mymaster 10.0.0.1 6379',
    {
      kind: 'instance',
      change: 'found',
      subject: { role: 'sentinel', endpoint: { host: 'fd00::7', port: 26379 }, master: 'mymaster' },
    },
  ],
  ['-role-change', `${ABOUT_REPLICA} new reported role is master`, { kind: 'other', channel: '-role-change' }],
  ['+new-epoch', '1', { kind: 'other', channel: '+new-epoch' }],
  ['+tilt', '#tilt mode entered', { kind: 'other', channel: '+tilt' }],
  ['+switch-master', 'mymaster 10.0.0.1', { kind: 'other', channel: '+switch-master' }],
];

describe('an event of Sentinel', () => {
  for (const [channel, message, event] of TABLE) {
    test(`${channel} ${message}`, () => assert.deepEqual(parseSentinelEvent(channel, message), event));
  }
});
