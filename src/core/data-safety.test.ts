import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RedisSpec } from '../api/types.ts';
import { dataSafetyLines } from './data-safety.ts';
import { decide } from './decide.ts';
import { summary, type Table } from './decide-summary.ts';
import { allSentinels, booted, FAILOVER, observation, redisPod, unreachable, watched } from './fixtures.ts';
import type { RedisAnswer, RedisPod } from './observation.ts';
import { statusOf } from './status.ts';
import { withoutOffsets } from './status-changes.ts';

const NONE = { toWrite: 0, maxLagSeconds: 10 };
const ONE = { toWrite: 1, maxLagSeconds: 3 };

/** Three pods that all have the same requirement; the master counts its replicas once it has one. */
const seen = (options: {
  readonly spec: RedisSpec;
  readonly required: RedisAnswer['requiredReplicas'];
  readonly master?: Partial<RedisAnswer>;
  readonly others?: readonly RedisPod[];
}) => {
  const { spec, required, master, others } = options;
  const goodReplicas = required !== undefined && required.toWrite > 0 ? 2 : undefined;
  return observation({
    failover: { ...FAILOVER, spec: { redis: spec } },
    redis: [
      redisPod(0, { answer: { requiredReplicas: required, goodReplicas, ...master } }),
      ...(others ?? [1, 2].map((ordinal) => redisPod(ordinal, { answer: { requiredReplicas: required } }))),
    ],
  });
};
const CONSISTENCY = { dataSafety: 'Consistency' } as const;
const GONE = [1, 2].map((ordinal) => redisPod(ordinal, { answer: unreachable('timeout') }));
const ALONE = { goodReplicas: 0, connectedReplicas: [] };
const allOf = (setting: string): readonly string[] =>
  [0, 1, 2].map((ordinal) => `require-replicas rfr-test-${ordinal} ${setting}`);

const fencedMaster = () => [
  redisPod(0, { answer: { requiredReplicas: { toWrite: 2, maxLagSeconds: 10 }, goodReplicas: 2 } }),
  redisPod(1),
  redisPod(2),
];

const TABLE: Table = {
  'with Availability Redis keeps its own default': { seen: seen({ spec: {}, required: NONE }), expected: [] },
  'with Consistency every Redis requires a replica, those that may become master later as well': {
    seen: seen({ spec: CONSISTENCY, required: NONE }),
    expected: allOf('1/3s'),
  },
  'what is already required is not written again': { seen: seen({ spec: CONSISTENCY, required: ONE }), expected: [] },
  'back to Availability the default is put back': { seen: seen({ spec: {}, required: ONE }), expected: allOf('0/10s') },
  'with Availability a line of customConfig wins, the last one under either of its names': {
    seen: seen({
      spec: { customConfig: ['min-replicas-to-write 7', 'Min-Slaves-To-Write 2', 'min-replicas-max-lag x'] },
      required: NONE,
    }),
    expected: allOf('2/10s'),
  },
  'the fence that a hand-over left behind is taken away from the master': {
    seen: observation({ redis: fencedMaster() }),
    expected: ['require-replicas rfr-test-0 0/10s'],
  },
  'but not while Sentinel may still promote another': {
    seen: observation({
      redis: fencedMaster(),
      sentinels: allSentinels({
        answer: { master: watched('10.0.0.1', { flags: ['master', 'failover_in_progress'] }) },
      }),
    }),
    expected: [],
  },
  'nor from a second master, which is demoted': {
    seen: observation({
      redis: [...fencedMaster().slice(0, 1), redisPod(1, { answer: { role: 'master' } }), redisPod(2)],
      sentinels: allSentinels({ answer: { master: watched('10.0.0.2', { configEpoch: 2 }) } }),
    }),
    expected: [
      'label rfr-test-0 slave',
      'label rfr-test-1 master',
      'demote rfr-test-0 10.0.0.2',
      'replicate rfr-test-2 10.0.0.2',
    ],
  },
  'a single Redis requires no replica, for it could never write': {
    seen: observation({
      failover: { ...FAILOVER, spec: { redis: { ...CONSISTENCY, replicas: 1 } } },
      redis: [redisPod(0, { answer: { requiredReplicas: NONE, connectedReplicas: [] } })],
      sentinels: [],
    }),
    expected: [],
  },
  'a scale-down to one lifts the requirement at once': {
    seen: seen({ spec: { ...CONSISTENCY, replicas: 1 }, required: ONE }),
    expected: [...allOf('0/10s'), 'rank rfr-test-1', 'rank rfr-test-2'],
  },
  'a running master without a replica writes on until it has one': {
    seen: seen({ spec: CONSISTENCY, required: NONE, master: { connectedReplicas: [] }, others: [] }),
    expected: ['require-replicas rfr-test-0 0/3s'],
  },
  'a master that lost its replicas is not let off': {
    seen: seen({ spec: CONSISTENCY, required: ONE, master: ALONE, others: GONE }),
    expected: [],
  },
  'a Redis that loads or does not say what it requires is left alone': {
    seen: observation({
      failover: { ...FAILOVER, spec: { redis: CONSISTENCY } },
      redis: [
        redisPod(0, { answer: { requiredReplicas: undefined } }),
        redisPod(1, { answer: { requiredReplicas: ONE } }),
        booted(2, { answer: { loading: true, masterHost: '10.0.0.1', masterPort: 6379, keys: 9 } }),
      ],
    }),
    expected: [],
  },
};

describe('the replicas that a master requires', () => {
  for (const [sentence, { seen: situation, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(situation), expected));
  }

  test('are in redis.conf with Consistency, from the second pod on', () => {
    const { spec } = observation().failover;
    const lines = (change: Pick<RedisSpec, 'replicas' | 'dataSafety'>) =>
      dataSafetyLines({ ...spec.redis, ...CONSISTENCY, ...change });
    assert.deepEqual(lines({}), ['min-replicas-to-write 1', 'min-replicas-max-lag 3']);
    assert.deepEqual(lines({ replicas: 1 }), []);
    assert.deepEqual(lines({ dataSafety: 'Availability' }), []);
  });
});

const statusFor = (observed: ReturnType<typeof observation>) => {
  const { situation, plan } = decide(observed);
  return { plan, status: statusOf(situation, plan, []) };
};

const at = (offset: number) => seen({ spec: CONSISTENCY, required: ONE, master: { offset } });

describe('the status of the safety of data', () => {
  const bounds: Readonly<Record<string, { readonly observed: ReturnType<typeof observation>; readonly says: RegExp }>> =
    {
      'a master that may write alone': {
        observed: seen({ spec: {}, required: NONE }),
        says: /no replica had received/,
      },
      'a master that may not': {
        observed: seen({ spec: CONSISTENCY, required: ONE }),
        says: /refuses writes within 5 s/,
      },
      'a master on which Consistency could not begin yet': {
        observed: seen({ spec: CONSISTENCY, required: { ...ONE, toWrite: 0 }, master: ALONE, others: [] }),
        says: /no bound yet/,
      },
      'no replicas at all': { observed: seen({ spec: { replicas: 1 }, required: NONE }), says: /there is no replica/ },
      'no master': { observed: observation({ redis: [] }), says: /no master is known/ },
    };
  for (const [sentence, { observed, says }] of Object.entries(bounds)) {
    test(`names the bound for ${sentence}`, () =>
      assert.match(statusFor(observed).status.dataSafety?.bound ?? '', says));
  }

  test('says what the master requires, and nothing that moves while nothing happens', () => {
    assert.deepEqual(withoutOffsets(statusFor(at(1000)).status), withoutOffsets(statusFor(at(2000)).status));
    const { mode, minReplicasToWrite, maxLagSeconds } = statusFor(at(1000)).status.dataSafety ?? {};
    assert.deepEqual([mode, minReplicasToWrite, maxLagSeconds], ['Consistency', 1, 3]);
  });

  test('a master that refuses writes is no Ready failover, and a problem says why', () => {
    const { plan, status } = statusFor(seen({ spec: CONSISTENCY, required: ONE, master: ALONE, others: GONE }));
    const ready = status.conditions?.find(({ type }) => type === 'Ready');
    assert.deepEqual([ready?.status, ready?.reason], ['False', 'WritesRefused']);
    assert.match(ready?.message ?? '', /rfr-test-0 refuses writes: 0 of its replicas/);
    assert.ok((plan.recheckMs ?? Infinity) <= 1_000, 'nothing would tell when it accepts writes again');
  });

  test('a new failover that waits for its first replica has no problem yet', () => {
    const starting = seen({ spec: CONSISTENCY, required: ONE, master: ALONE, others: GONE });
    const { plan } = decide({ ...starting, failover: { ...starting.failover, status: { phase: 'Starting' } } });
    assert.deepEqual(
      plan.problems.filter(({ reason }) => reason === 'WritesRefused'),
      [],
    );
  });
});
