import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summary, type Table } from './decide-summary.ts';
import {
  AT,
  booted,
  observation,
  redisPod,
  replicaEntry,
  restartedMaster,
  sentinelPod,
  sentinelsSee,
  unreachable,
  watched,
} from './fixtures.ts';

const TABLE: Table = {
  'a healthy failover is left alone': { seen: observation(), expected: [] },
  'a master whose port refuses is reported to one Sentinel at once': {
    seen: observation({ redis: [redisPod(0, { answer: unreachable('refused') }), redisPod(1), redisPod(2)] }),
    expected: ['request-failover rfs-test-0'],
  },
  'it is reported to the Sentinel that will see the promotion first': {
    seen: observation({
      redis: [redisPod(0, { answer: unreachable('refused') }), redisPod(1), redisPod(2)],
      sentinels: [950, 700, 400].map((infoRefreshMs, index) =>
        sentinelPod(index, {
          answer: { replicas: [2, 3].map((last) => ({ ...replicaEntry(last, ['slave']), infoRefreshMs })) },
        }),
      ),
    }),
    expected: ['request-failover rfs-test-1'],
  },
  'a master that restarted as a replica of nothing is reported at once': {
    seen: observation({ redis: [restartedMaster(), redisPod(1), redisPod(2)] }),
    expected: ['request-failover rfs-test-0'],
  },
  'a master whose pod is gone is reported at once': {
    seen: observation({ redis: [redisPod(1), redisPod(2)] }),
    expected: ['request-failover rfs-test-0'],
  },
  'a master that is silent is left to Sentinel': {
    seen: observation({ redis: [redisPod(0, { answer: unreachable('timeout') }), redisPod(1), redisPod(2)] }),
    expected: [],
  },
  'a failover that runs is not disturbed': {
    seen: observation({
      redis: [restartedMaster(), redisPod(1), redisPod(2)],
      sentinels: [
        sentinelPod(0),
        sentinelPod(1, { answer: { master: watched('10.0.0.1', { flags: ['master', 'failover_in_progress'] }) } }),
        sentinelPod(2),
      ],
    }),
    expected: [],
  },
  'a request is not repeated within its spacing': {
    seen: observation({ failoverRequestedAt: AT - 100, redis: [redisPod(1), redisPod(2)] }),
    expected: [],
  },
  'the label follows a promotion before the Sentinels announce it, demotion first': {
    seen: observation({
      redis: [restartedMaster(), redisPod(1, { answer: { role: 'master' } }), redisPod(2)],
      sentinels: sentinelsSee(watched('10.0.0.1', { flags: ['master', 'failover_in_progress'] })),
    }),
    expected: ['label rfr-test-0 slave', 'label rfr-test-1 master', 'rank rfr-test-0'],
  },
  'once Sentinel has switched the old master and the other replica follow the new one': {
    seen: observation({
      redis: [restartedMaster(), redisPod(1, { roleLabel: 'master', answer: { role: 'master' } }), redisPod(2)],
      sentinels: sentinelsSee(watched('10.0.0.2', { configEpoch: 2 })),
    }),
    expected: [
      'label rfr-test-0 slave',
      'replicate rfr-test-0 10.0.0.2',
      'replicate rfr-test-2 10.0.0.2',
      'rank rfr-test-0',
    ],
  },
  'of two masters the one that Sentinel watches stays': {
    seen: observation({
      redis: [
        redisPod(0, { roleLabel: 'slave' }),
        redisPod(1, { roleLabel: 'master', answer: { role: 'master' } }),
        redisPod(2, { answer: { masterHost: '10.0.0.2' } }),
      ],
      sentinels: sentinelsSee(watched('10.0.0.2', { configEpoch: 2 })),
    }),
    expected: ['demote rfr-test-0 10.0.0.2'],
  },
  'a promotion that only the leading Sentinel knows of is not undone': {
    seen: observation({
      redis: [
        redisPod(0, { roleLabel: 'slave' }),
        redisPod(1, { roleLabel: 'master', answer: { role: 'master' } }),
        redisPod(2, { answer: { masterHost: '10.0.0.2' } }),
      ],
      sentinels: [
        sentinelPod(0, { answer: { master: watched('10.0.0.2', { configEpoch: 2 }) } }),
        sentinelPod(1),
        sentinelPod(2),
      ],
    }),
    expected: ['demote rfr-test-0 10.0.0.2'],
  },
  'an empty master does not wipe a replica that holds data': {
    seen: observation({
      redis: [
        redisPod(0, { answer: { keys: 0, offset: 0, replicationId: 'fresh' } }),
        booted(1, { answer: { keys: 10, offset: 900, replicationId: 'history' } }),
        redisPod(2),
      ],
    }),
    expected: [],
  },
  'an empty master of another history does not wipe data later either, when its offset has grown': {
    seen: observation({
      redis: [
        redisPod(0, { answer: { keys: 0, offset: 900, replicationId: 'fresh' } }),
        booted(1, { answer: { keys: 10, offset: 1000, replicationId: 'history', priority: 0 } }),
        redisPod(2, { answer: { keys: 0, offset: 900, replicationId: 'fresh' } }),
      ],
    }),
    expected: [],
  },
  'a master of the same history may be empty, for its keys were deleted': {
    seen: observation({
      redis: [
        redisPod(0, { answer: { keys: 0 } }),
        redisPod(1),
        booted(2, { answer: { keys: 10, offset: 900, replicationId: 'history', priority: 0 } }),
      ],
    }),
    expected: ['replicate rfr-test-2 10.0.0.1'],
  },
  'a stray replica follows the master again, and a hung pod does not stop that': {
    seen: observation({
      redis: [
        redisPod(0),
        redisPod(1, { answer: unreachable('timeout') }),
        redisPod(2, { answer: { masterHost: '10.9.9.9' } }),
      ],
    }),
    expected: ['replicate rfr-test-2 10.0.0.1'],
  },
};

describe('a failover with a master that is lost, or one too many', () => {
  for (const [sentence, { seen, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});
