import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HAND_OVER_ANNOTATION } from '../api/names.ts';
import type { HandOverStatus, RedisFailover, RedisSpec } from '../api/types.ts';
import { decide } from './decide.ts';
import { summary, type Table } from './decide-summary.ts';
import {
  AT,
  allSentinels,
  FAILOVER,
  observation,
  redisPod,
  replicaEntry,
  sentinelPod,
  unreachable,
  watched,
} from './fixtures.ts';
import type { Observation } from './observation.ts';
import { handOverStatus } from './rules/requested-hand-over.ts';
import { situationOf } from './situation.ts';
import { statusOf } from './status.ts';

const EARLIER = '2026-01-01T00:09:00Z';
const LONG_AGO = '2025-12-31T23:59:00Z';
const NOW = '2026-01-01T00:10:00Z';

/** A failover whose annotation asks for a change of master; `known` is what its status says already. */
const asking = (request: string, known?: Partial<HandOverStatus>, redis: RedisSpec = {}): RedisFailover => ({
  ...FAILOVER,
  metadata: { ...FAILOVER.metadata, annotations: { [HAND_OVER_ANNOTATION]: request } },
  spec: { redis },
  status: {
    ...FAILOVER.status,
    ...(known && {
      handOver: { request, state: 'Waiting', from: 'rfr-test-0', to: request, message: '', time: EARLIER, ...known },
    }),
  },
});
/** What Sentinels know of the replica-priority of pods 1 and 2. */
const heard = (one: number, two: number) =>
  allSentinels({ answer: { replicas: [replicaEntry(2, ['slave'], one), replicaEntry(3, ['slave'], two)] } });
/** Pod 2 may not be elected. */
const onlyOne = [redisPod(0), redisPod(1), redisPod(2, { answer: { priority: 0 } })];
/** Pod 1 has taken over. */
const afterwards: Partial<Observation> = {
  redis: [
    redisPod(0, {
      roleLabel: 'slave',
      answer: { role: 'replica', masterHost: '10.0.0.2', masterPort: 6379, linkUp: true },
    }),
    redisPod(1, { roleLabel: 'master', answer: { role: 'master', masterHost: undefined, masterPort: undefined } }),
    redisPod(2, { answer: { masterHost: '10.0.0.2', priority: 0 } }),
  ],
  sentinels: allSentinels({
    answer: { master: watched('10.0.0.2'), replicas: [1, 3].map((last) => replicaEntry(last, ['slave'])) },
  }),
};
const cordoned = { node: 'node1', cordoned: true } as const;

const REQUESTS: Table = {
  'a request is carried out only once the status names it and the master it began with': {
    seen: observation({ failover: asking('any') }),
    expected: [],
  },
  'any replica in sync takes over': {
    seen: observation({ failover: asking('any', {}) }),
    expected: ['hand-over rfr-test-0'],
  },
  'for a named one all others are kept from being elected first': {
    seen: observation({ failover: asking('rfr-test-1', {}) }),
    expected: ['rank rfr-test-2'],
  },
  'it waits until a Sentinel has heard of that': {
    seen: observation({ failover: asking('rfr-test-1', {}), redis: onlyOne }),
    expected: [],
  },
  'then the named one takes over': {
    seen: observation({ failover: asking('rfr-test-1', {}), redis: onlyOne, sentinels: heard(100, 0) }),
    expected: ['hand-over rfr-test-0'],
  },
  'afterwards the others may be elected again': {
    seen: observation({ failover: asking('rfr-test-1', {}), ...afterwards }),
    expected: ['rank rfr-test-2'],
  },
  'they may be so, too, when the master is lost meanwhile': {
    seen: observation({
      failover: asking('rfr-test-1', {}),
      redis: [redisPod(0, { answer: unreachable('timeout') }), ...onlyOne.slice(1)],
    }),
    expected: ['rank rfr-test-2'],
  },
  'and when the request is taken back half-way': {
    seen: observation({
      failover: { ...FAILOVER, status: asking('rfr-test-1', {}).status ?? {} },
      redis: onlyOne,
      sentinels: heard(100, 0),
    }),
    expected: ['rank rfr-test-2'],
  },
  'and when too few Sentinels agree to carry it out': {
    seen: observation({
      failover: asking('rfr-test-1', {}),
      redis: onlyOne,
      sentinels: heard(100, 0).map((one, index) => (index === 0 ? one : { ...one, answer: unreachable('timeout') })),
    }),
    expected: ['rank rfr-test-2'],
  },
  'one that is not in sync costs nobody else the election': {
    seen: observation({
      failover: asking('rfr-test-1', {}),
      redis: [redisPod(0), redisPod(1, { answer: { linkUp: false } }), redisPod(2)],
    }),
    expected: [],
  },
  'what is done is not repeated, whoever is master later': {
    seen: observation({ failover: asking('any', { state: 'Done' }) }),
    expected: [],
  },
  'a roll waits for it': {
    seen: observation({
      failover: asking('rfr-test-1', {}),
      redis: onlyOne.map((pod) => ({ ...pod, revision: 'rev0' })),
    }),
    expected: [],
  },
};

const NODES: Table = {
  'a master whose pod is to be evicted hands over before it is deleted': {
    seen: observation({ redis: [redisPod(0, { disruption: 'EvictionByEvictionAPI' }), redisPod(1), redisPod(2)] }),
    expected: ['hand-over rfr-test-0'],
  },
  'a replica that is to be evicted is no target, whom Sentinel might choose': {
    seen: observation({
      redis: [redisPod(0, { deleting: true }), redisPod(1), redisPod(2, { disruption: 'EvictionByEvictionAPI' })],
    }),
    expected: [],
  },
  'a master on a cordoned node hands over': {
    seen: observation({ redis: [redisPod(0, cordoned), redisPod(1), redisPod(2)] }),
    expected: ['hand-over rfr-test-0'],
  },
  'a replica on a cordoned node is the worse choice, and Sentinel has to hear of it before a cordoned master hands over':
    {
      seen: observation({ redis: [redisPod(0, cordoned), redisPod(1, cordoned), redisPod(2)] }),
      expected: ['rank rfr-test-1'],
    },
  'then the master hands over, though the replica could still be elected': {
    seen: observation({
      redis: [redisPod(0, cordoned), redisPod(1, { ...cordoned, answer: { priority: 101 } }), redisPod(2)],
      sentinels: heard(101, 100),
    }),
    expected: ['hand-over rfr-test-0'],
  },
  'while every node is cordoned the master stays': {
    seen: observation({
      redis: [
        redisPod(0, cordoned),
        ...[1, 2].map((ordinal) => redisPod(ordinal, { ...cordoned, answer: { priority: 101 } })),
      ],
      sentinels: heard(101, 101),
    }),
    expected: [],
  },
  'while nobody elsewhere is in sync the master stays': {
    seen: observation({
      redis: [
        redisPod(0, cordoned),
        redisPod(1, { ...cordoned, answer: { priority: 101 } }),
        redisPod(2, { answer: { linkUp: false } }),
      ],
      sentinels: heard(101, 100),
    }),
    expected: [],
  },
  'a replica on a node that is no longer cordoned has its own priority again': {
    seen: observation({ redis: [redisPod(0), redisPod(1, { answer: { priority: 101 } }), redisPod(2)] }),
    expected: ['rank rfr-test-1'],
  },
  'a priority of 0 stays 0 on a cordoned node': {
    seen: observation({
      failover: { ...FAILOVER, spec: { redis: { customConfig: ['replica-priority 0'] } } },
      redis: [redisPod(0), ...[1, 2].map((ordinal) => redisPod(ordinal, { ...cordoned, answer: { priority: 0 } }))],
    }),
    expected: [],
  },
};

describe('a requested hand-over', () => {
  for (const [sentence, { seen, expected }] of Object.entries(REQUESTS)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});

describe('a pod or node that is to be emptied', () => {
  for (const [sentence, { seen, expected }] of Object.entries(NODES)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});

/** What is asked, what is seen besides, and `state to: message` of what the status says. */
const ANSWERS: Readonly<Record<string, readonly [RedisFailover, Partial<Omit<Observation, 'failover'>>, string]>> = {
  'nothing stands in its way': [asking('any'), {}, 'Waiting any: the hand-over is under way'],
  'the pod is master already': [asking('rfr-test-0'), {}, 'Done rfr-test-0: rfr-test-0 is master'],
  'another is master than at first': [asking('any', {}), afterwards, 'Done rfr-test-1: rfr-test-1 is master'],
  'the master is the one it began with': [
    asking('any', { from: 'rfr-test-1' }),
    afterwards,
    'Waiting any: waiting for a Sentinel that knows the replicas in sync and no others',
  ],
  'the same words with another suffix are another request': [
    asking('any#2', { request: 'any', state: 'Done' }),
    {},
    'Waiting any: the hand-over is under way',
  ],
  'no such pod': [
    asking('rfr-test-3'),
    {},
    'Refused rfr-test-3: there is no Redis pod rfr-test-3 in this RedisFailover',
  ],
  'a pod that a scale-down takes': [
    asking('rfr-test-2', undefined, { replicas: 2 }),
    {},
    'Refused rfr-test-2: rfr-test-2 is not to stay: spec.redis.replicas is 2',
  ],
  'a single Redis': [
    asking('any', undefined, { replicas: 1 }),
    { redis: [redisPod(0)] },
    'Refused any: spec.redis.replicas is 1: there is no replica to take over',
  ],
  'nobody may be elected': [
    asking('rfr-test-1', undefined, { customConfig: ['slave-priority 0'] }),
    {},
    'Refused rfr-test-1: spec.redis.customConfig sets replica-priority to 0: Sentinel promotes no replica',
  ],
  'its node is cordoned': [
    asking('rfr-test-1'),
    { redis: [redisPod(0), redisPod(1, cordoned), redisPod(2)] },
    'Refused rfr-test-1: the node node1 of rfr-test-1 is cordoned',
  ],
  'it is being replaced': [
    asking('rfr-test-1'),
    { redis: [redisPod(0), redisPod(1, { deleting: true }), redisPod(2)] },
    'Waiting rfr-test-1: waiting for rfr-test-1 to be replaced',
  ],
  'it does not exist at the moment': [
    asking('rfr-test-1'),
    { redis: [redisPod(0), redisPod(2)] },
    'Waiting rfr-test-1: waiting for rfr-test-1 to answer',
  ],
  'it is not in sync': [
    asking('rfr-test-1'),
    { redis: [redisPod(0), redisPod(1, { answer: { linkUp: false } }), redisPod(2)] },
    'Waiting rfr-test-1: waiting for rfr-test-1 to be in sync with rfr-test-0',
  ],
  'no Sentinel majority': [
    asking('any'),
    { sentinels: allSentinels({ answer: unreachable('timeout') }) },
    'Waiting any: waiting for a majority of Sentinels that agree on the master',
  ],
  'it waited too long': [
    asking('rfr-test-1', { time: LONG_AGO }),
    { redis: [redisPod(0), redisPod(1, { answer: { linkUp: false } }), redisPod(2)] },
    'Refused rfr-test-1: it was not possible within 10 minutes: waiting for rfr-test-1 to be in sync with rfr-test-0',
  ],
  'a refusal is final, even if it could be done by now': [
    asking('rfr-test-1', { state: 'Refused', message: 'no' }),
    {},
    'Refused rfr-test-1: no',
  ],
};

const timeOf = (failover: RedisFailover) => handOverStatus(situationOf(observation({ at: AT, failover })))?.time;

describe('the status of a requested hand-over', () => {
  for (const [sentence, [failover, seen, expected]] of Object.entries(ANSWERS)) {
    test(sentence, () => {
      const status = handOverStatus(situationOf(observation({ failover, ...seen })));
      assert.equal(`${status?.state} ${status?.to}: ${status?.message}`, expected);
    });
  }

  test('the time is that of the last change of state', () => {
    assert.deepEqual([timeOf(asking('any')), timeOf(asking('any', {}))], [NOW, EARLIER]);
    assert.equal(timeOf(asking('rfr-test-0', {})), NOW);
  });

  test('without the annotation there is none', () => {
    const { status = {} } = asking('any', { state: 'Done' });
    const { situation, plan } = decide(observation({ failover: { ...FAILOVER, status } }));
    assert.equal(statusOf(situation, plan, []).handOver, undefined);
  });
});

describe('the condition Progressing', () => {
  test('says why the master moves though everything is as the spec asks', () => {
    const { situation, plan } = decide(observation({ redis: [redisPod(0, cordoned), redisPod(1), redisPod(2)] }));
    const { phase, conditions } = statusOf(situation, plan, []);
    const progressing = conditions?.find(({ type }) => type === 'Progressing');
    assert.deepEqual(
      [phase, progressing?.status, progressing?.reason, progressing?.message],
      ['Ready', 'True', 'HandingOver', 'rfr-test-0 hands over, because its node node1 is cordoned'],
    );
  });
});

const GONE = replicaEntry(9, ['s_down', 'slave'], 100);
const haunted = (index: number) =>
  sentinelPod(index, { answer: { replicas: [...[2, 3].map((last) => replicaEntry(last, ['slave'], 100)), GONE] } });
/** The Sentinel that is to lead the hand-over that a user asks for. */
const leaderOf = (sentinels: Observation['sentinels']): readonly string[] =>
  decide(observation({ failover: asking('any', {}), sentinels })).plan.actions.flatMap((action) =>
    action.kind === 'hand-over' ? (action.leader?.pod ?? '') : [],
  );

test('a Sentinel that knows a Redis which is gone leads only when no other can', () => {
  assert.deepEqual(leaderOf([haunted(0), sentinelPod(1), haunted(2)]), ['rfs-test-1']);
  assert.deepEqual(leaderOf([haunted(0), haunted(1), haunted(2)]), ['rfs-test-0']);
});
