import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RedisFailover } from '../api/types.ts';
import { summary, type Table } from './decide-summary.ts';
import {
  AT,
  allSentinels,
  booted,
  FAILOVER,
  FORGETFUL,
  observation,
  redisPod,
  restartedMaster,
  sentinelPod,
  sentinelsSee,
  unreachable,
  watched,
} from './fixtures.ts';

const { status: _status, ...NEW } = FAILOVER;
const ON_VOLUMES = {
  redis: { storage: { persistentVolumeClaim: { metadata: { name: 'data' }, spec: {} } } },
} as const;
const lostMasterAgo = (ms: number): RedisFailover => ({
  ...FAILOVER,
  spec: ON_VOLUMES,
  status: {
    ...FAILOVER.status,
    conditions: [
      {
        type: 'MasterAvailable',
        status: 'False',
        reason: 'NoMaster',
        message: '',
        lastTransitionTime: new Date(AT - ms).toISOString(),
      },
    ],
  },
});

const TABLE: Table = {
  'on first boot the first pod that answers becomes master without waiting for the others': {
    seen: observation({
      failover: NEW,
      redis: [
        redisPod(0, { answer: unreachable('no-address') }),
        booted(1),
        redisPod(2, { answer: unreachable('refused') }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: ['promote rfr-test-1'],
  },
  'after the first promotion replicas follow, the label moves and every Sentinel is told': {
    seen: observation({
      failover: NEW,
      redis: [redisPod(0, { roleLabel: 'slave', answer: { keys: 0, offset: 0 } }), booted(1), booted(2)],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [
      'label rfr-test-0 master',
      'replicate rfr-test-1 10.0.0.1',
      'replicate rfr-test-2 10.0.0.1',
      'monitor rfs-test-0 10.0.0.1',
      'monitor rfs-test-1 10.0.0.1',
      'monitor rfs-test-2 10.0.0.1',
    ],
  },
  'after all pods were deleted the one with the highest offset of the known history becomes master': {
    seen: observation({
      redis: [
        booted(0, { answer: { replicationId: 'history', offset: 900, keys: 9 } }),
        booted(1, { answer: { replicationId: 'history', offset: 1000, keys: 10 } }),
        booted(2, { answer: { replicationId: 'other', offset: 5000, keys: 50 } }),
      ],
      sentinels: sentinelsSee(watched('10.0.9.9')),
    }),
    expected: ['promote rfr-test-1'],
  },
  'a recovery waits for a pod that does not answer yet and may hold newer data': {
    seen: observation({
      redis: [
        booted(0, {
          container: { kind: 'running', startedAt: AT - 1000 },
          answer: { replicationId: 'history', offset: 900, keys: 9 },
        }),
        booted(1, { answer: { loading: true } }),
        redisPod(2, { answer: unreachable('refused') }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [],
  },
  'a recovery decides without a pod that stays away, if what is there holds data': {
    seen: observation({
      failover: lostMasterAgo(60_000),
      redis: [
        booted(0, { answer: { replicationId: 'history', offset: 900, keys: 9 } }),
        redisPod(2, { answer: unreachable('timeout'), roleLabel: 'slave' }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: ['promote rfr-test-0'],
  },
  'a recovery does not decide without a pod that has just gone': {
    seen: observation({
      failover: lostMasterAgo(5_000),
      redis: [
        booted(0, { answer: { replicationId: 'history', offset: 900, keys: 9 } }),
        redisPod(2, { answer: unreachable('refused'), roleLabel: 'slave' }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [],
  },
  'with the master and two of three Sentinels cut off the operator does not make a second master': {
    seen: observation({
      failover: lostMasterAgo(600_000),
      redis: [redisPod(0, { answer: unreachable('timeout') }), redisPod(1), redisPod(2)],
      sentinels: [
        sentinelPod(0),
        sentinelPod(1, { answer: unreachable('timeout') }),
        sentinelPod(2, { answer: unreachable('timeout') }),
      ],
    }),
    expected: [],
  },
  'once the cut-off pods are evicted and replaced the operator decides': {
    seen: observation({
      failover: lostMasterAgo(600_000),
      redis: [redisPod(0, { deleting: true, answer: unreachable('timeout') }), redisPod(1), redisPod(2)],
      sentinels: [
        sentinelPod(0),
        sentinelPod(1, { deleting: true, answer: unreachable('timeout') }),
        sentinelPod(2, { deleting: true, answer: unreachable('timeout') }),
        sentinelPod(3, { answer: FORGETFUL }),
        sentinelPod(4, { answer: FORGETFUL }),
      ],
    }),
    expected: ['promote rfr-test-1'],
  },
  'an empty Redis is never made master while a pod that may hold data is away': {
    seen: observation({
      failover: lostMasterAgo(600_000),
      redis: [booted(0), redisPod(2, { answer: unreachable('timeout'), roleLabel: 'slave' })],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [],
  },
  'with two of three Sentinels forgetful and the master gone the operator decides': {
    seen: observation({
      redis: [restartedMaster(), redisPod(1), redisPod(2, { answer: { offset: 1010 } })],
      sentinels: [sentinelPod(0), sentinelPod(1, { answer: FORGETFUL }), sentinelPod(2, { answer: FORGETFUL })],
    }),
    expected: ['promote rfr-test-2'],
  },
  'a restarted master with data is promoted again if its replicas have nothing yet': {
    seen: observation({
      failover: { ...FAILOVER, spec: ON_VOLUMES },
      redis: [
        restartedMaster(),
        ...[1, 2].map((ordinal) => redisPod(ordinal, { answer: { keys: 0, offset: 0, linkUp: false } })),
      ],
    }),
    expected: ['promote rfr-test-0'],
  },
};

describe('a failover without a master', () => {
  for (const [sentence, { seen, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});
