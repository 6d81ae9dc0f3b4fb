import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RedisFailover } from '../api/types.ts';
import { decide } from './decide.ts';
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
import type { Problem } from './plan.ts';

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
  'a pod that comes up first with older data waits for the others, however long': {
    seen: observation({
      failover: lostMasterAgo(600_000),
      redis: [booted(2, { answer: { replicationId: 'older', offset: 5000, keys: 50 } })],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [],
  },
  'once they are there the best data of all wins, though the older has the higher offset': {
    seen: observation({
      failover: lostMasterAgo(600_000),
      redis: [
        booted(0, { answer: { replicationId: 'history', offset: 900, keys: 9 } }),
        booted(1, { answer: { replicationId: 'history', offset: 800, keys: 8 } }),
        booted(2, { answer: { replicationId: 'older', offset: 5000, keys: 50 } }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: ['promote rfr-test-0'],
  },
  'on emptyDirs there is no other copy to wait for': {
    seen: observation({
      redis: [booted(0), booted(1), booted(2)],
      sentinels: sentinelsSee(watched('10.0.9.9')),
    }),
    expected: ['promote rfr-test-0'],
  },
  'with append-only files the pod of the last master is taken, not a snapshot from before them': {
    seen: observation({
      failover: { ...FAILOVER, spec: ON_VOLUMES },
      redis: [
        restartedMaster(),
        booted(1, { answer: { replicationId: 'fresh-too', keys: 10 } }),
        booted(2, { answer: { replicationId: 'history', offset: 700, keys: 7 } }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: ['promote rfr-test-0'],
  },
  'with Consistency a recovery decides without no pod that may hold newer data': {
    seen: observation({
      failover: {
        ...lostMasterAgo(600_000),
        spec: { redis: { ...ON_VOLUMES.redis, dataSafety: 'Consistency' } },
      },
      redis: [1, 2].map((ordinal) =>
        booted(ordinal, {
          answer: {
            replicationId: 'history',
            offset: 900,
            keys: 9,
            requiredReplicas: { toWrite: 1, maxLagSeconds: 3 },
          },
        }),
      ),
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [],
  },
  'a first master is not made beside a pod that still loads its data': {
    seen: observation({
      failover: NEW,
      redis: [booted(0, { answer: { loading: true } }), booted(1), booted(2)],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [],
  },
  'a first master is not made beside a silent one that Sentinels watch': {
    seen: observation({
      failover: NEW,
      redis: [redisPod(0, { answer: unreachable('timeout') }), booted(1), booted(2)],
    }),
    expected: [],
  },
  'a replica that was still receiving its data is not promoted instead of the restarted master': {
    seen: observation({
      failover: { ...FAILOVER, spec: ON_VOLUMES },
      redis: [
        booted(0, { answer: { replicationId: 'history', offset: 990, keys: 10 } }),
        redisPod(1, { answer: { offset: 100, keys: 1, linkUp: false, priority: 0 } }),
      ],
      children: {
        ...observation().children,
        statefulSet: { spec: { replicas: 2, selector: {}, template: {}, serviceName: '' } },
      },
    }),
    expected: ['promote rfr-test-0'],
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

/** The only pod that is there, ten minutes after the master was lost. */
const alone = (failover: RedisFailover, answer: Parameters<typeof booted>[1]): readonly Problem[] =>
  decide(
    observation({ failover, redis: [booted(2, answer)], sentinels: allSentinels({ answer: FORGETFUL }) }),
  ).plan.problems.filter(({ reason }) => reason === 'DataAtRisk');

describe('a failover without a master', () => {
  test('says what it does not go on with, why, and how to go on all the same', () => {
    const lost = lostMasterAgo(600_000);
    const [older] = alone(lost, { answer: { replicationId: 'older', offset: 5000, keys: 50 } });
    assert.match(
      older?.message ?? '',
      /^rfr-test-2 is not made master without rfr-test-0, rfr-test-1, .*REPLICAOF NO ONE/,
    );
    assert.match(alone(lost, {})[0]?.message ?? '', /it is empty/);
    assert.deepEqual(alone(lostMasterAgo(5_000), {}), [], 'they may well be on their way');
  });

  for (const [sentence, { seen, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});
