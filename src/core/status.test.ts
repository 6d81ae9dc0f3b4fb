import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { array, boolean, assert as check, constantFrom, integer, property, tuple } from 'fast-check';
import type { Condition } from 'kubernetes-types/meta/v1.js';
import type { RedisFailover, RedisFailoverStatus } from '../api/types.ts';
import { decide } from './decide.ts';
import { statusAfter } from './decide-summary.ts';
import {
  AT,
  allSentinels,
  FAILOVER,
  FORGETFUL,
  observation,
  redisPod,
  sentinelPod,
  unreachable,
  watched,
} from './fixtures.ts';
import type { Observation } from './observation.ts';
import { lookForSync } from './rules/look-for-sync.ts';
import { statusOf } from './status.ts';
import { hasLagChanged, withoutOffsets } from './status-changes.ts';

const having = (status: RedisFailoverStatus): RedisFailover => ({ ...FAILOVER, status });
const HEALTHY = statusAfter(observation());
/** Seen now, with the status of a healthy failover before. */
const next = (change: Parameters<typeof observation>[0] = {}): Observation =>
  observation({ at: AT + 60_000, failover: having(HEALTHY), ...change });

const conditionOf = (seen: Observation, type: string): Condition => {
  const found = statusAfter(seen).conditions?.find((one) => one.type === type);
  assert.ok(found);
  return found;
};

const refusedLine = { pending: [], refused: [{ line: 'maxmemory lots', error: 'ERR no number' }], atStart: [] };
const oneDisagrees = [sentinelPod(0), sentinelPod(1), sentinelPod(2, { answer: FORGETFUL })];
const elected = (secondsAgo: number): RedisFailover => {
  const promoted = new Date(AT + 60_000 - secondsAgo * 1000).toISOString();
  return having({ ...HEALTHY, failovers: [{ cause: 'HandOver', message: '', promoted, from: 'a', to: 'rfr-test-0' }] });
};
const noAnswer = [redisPod(0, { answer: unreachable('refused') }), redisPod(1), redisPod(2)];

const recheck = (seen: Observation): number | undefined => decide(seen).plan.recheckMs;
const seenWith = (of: readonly number[], status: RedisFailoverStatus, at: number): Observation =>
  observation({
    at,
    failover: having(status),
    redis: of.map((offset, index) => redisPod(index, { answer: { offset } })),
  });
const behind = (bytes: number): RedisFailoverStatus => {
  const connectedReplicas: readonly never[] = [];
  return statusAfter(
    next({
      redis: [redisPod(0, { answer: { offset: 1000 + bytes, connectedReplicas } }), redisPod(1), redisPod(2)],
    }),
  );
};

type Row = readonly [seen: Observation, type: string, expected: string];
const ROWS: Readonly<Record<string, Row>> = {
  'a healthy failover has a master': [next(), 'MasterAvailable', 'True Healthy'],
  'a master whose process is gone is not available': [next({ redis: noAnswer }), 'MasterAvailable', 'False NoMaster'],
  'a master that refuses writes is not available': [
    next({
      redis: [redisPod(0, { answer: { requiredReplicas: { toWrite: 1, maxLagSeconds: 3 }, goodReplicas: 0 } })],
    }),
    'MasterAvailable',
    'False WritesRefused',
  ],
  'Sentinels that all watch the master agree': [next(), 'SentinelsAgree', 'True Healthy'],
  'a Sentinel that watches nothing disagrees': [
    next({ sentinels: oneDisagrees }),
    'SentinelsAgree',
    'False SentinelsDisagree',
  ],
  'a Sentinel with another quorum disagrees': [
    next({ sentinels: allSentinels({ answer: { master: watched('10.0.0.1', { quorum: 1 }) } }) }),
    'SentinelsAgree',
    'False SentinelsDisagree',
  ],
  'Sentinels may take a moment to follow a new master': [
    next({ sentinels: oneDisagrees, failover: elected(3) }),
    'SentinelsAgree',
    'True Waiting',
  ],
  'but only a moment': [
    next({ sentinels: oneDisagrees, failover: elected(30) }),
    'SentinelsAgree',
    'False SentinelsDisagree',
  ],
  'a Sentinel that was just made may take a moment': [
    next({
      sentinels: [sentinelPod(0), sentinelPod(1), sentinelPod(2, { createdAt: AT + 59_000, answer: FORGETFUL })],
    }),
    'SentinelsAgree',
    'True Waiting',
  ],
  'without a master nobody knows whether they agree': [next({ redis: noAnswer }), 'SentinelsAgree', 'Unknown NoMaster'],
  'a line that Redis refuses is not applied': [
    next({ redis: [redisPod(0, { answer: { config: refusedLine } }), redisPod(1), redisPod(2)] }),
    'ConfigApplied',
    'False ConfigRefused',
  ],
  'lines that this pass applies count as applied': [
    next({ redis: [redisPod(0, { answer: { config: { pending: ['maxmemory 1gb'], refused: [], atStart: [] } } })] }),
    'ConfigApplied',
    'True Healthy',
  ],
  'a line that only a new process takes is not applied before the pod is replaced': [
    next({
      redis: [redisPod(0, { answer: { config: { pending: [], refused: [], atStart: ['io-threads 4'] } } })],
    }),
    'ConfigApplied',
    'False ConfigPending',
  ],
  'a ready pod that cannot be told its lines yet has them pending': [
    next({
      sentinels: [
        sentinelPod(0, {
          answer: { ...FORGETFUL, config: { pending: ['down-after-milliseconds 1'], refused: [], atStart: [] } },
        }),
      ],
    }),
    'ConfigApplied',
    'False ConfigPending',
  ],
  'what is wrong with a lost master is why it is not ready': [
    next({ redis: noAnswer }),
    'Ready',
    'False RedisUnreachable',
  ],
  'a refused line degrades and does not make it unready': [
    next({ redis: [redisPod(0, { answer: { config: refusedLine } }), redisPod(1), redisPod(2)] }),
    'Degraded',
    'True ConfigRefused',
  ],
};

describe('conditions', () => {
  for (const [sentence, [seen, type, expected]] of Object.entries(ROWS)) {
    test(sentence, () => {
      const { status, reason } = conditionOf(seen, type);
      assert.equal(`${status} ${reason}`, expected);
    });
  }

  test('the refused line and the answer of Redis are in the message', () => {
    const [seen] = ROWS['a line that Redis refuses is not applied'] ?? [next()];
    assert.match(conditionOf(seen, 'ConfigApplied').message, /"maxmemory lots" was refused: ERR no number/);
  });

  test('all are there, each about the generation that was seen, and keep their time while nothing changes', () => {
    const { conditions = [], observedGeneration } = statusAfter(next());
    assert.deepEqual(
      conditions.map(({ type }) => type),
      ['Ready', 'Progressing', 'Degraded', 'MasterAvailable', 'SentinelsAgree', 'ConfigApplied'],
    );
    assert.ok(conditions.every((one) => one.observedGeneration === observedGeneration));
    assert.deepEqual(conditions, HEALTHY.conditions);
  });

  test('a changed message alone keeps the time, a changed status does not', () => {
    const down = next({ redis: noAnswer });
    assert.equal(conditionOf(down, 'MasterAvailable').lastTransitionTime, '2026-01-01T00:11:00Z');
    const [disagree] = ROWS['a Sentinel that was just made may take a moment'] ?? [next()];
    assert.equal(conditionOf(disagree, 'SentinelsAgree').lastTransitionTime, '2026-01-01T00:10:00Z');
  });
});

test('while Sentinels settle on a new master they are asked again soon, and otherwise not', () => {
  const disconnected = allSentinels({ answer: { master: watched('10.0.0.1', { flags: ['master', 'disconnected'] }) } });
  assert.equal(recheck(next({ sentinels: disconnected, failover: elected(3) })), 1000);
  assert.equal(recheck(next({ sentinels: disconnected, failover: elected(30) })), undefined);
  assert.equal(recheck(next({ failover: elected(3) })), undefined);
});

const syncing = (ready: boolean): Observation =>
  next({ redis: [redisPod(0), redisPod(1, { ready, answer: { linkUp: false, syncing: true } }), redisPod(2)] });

test('a ready replica that receives the data is asked again soon; one that is not ready says when it is', () => {
  assert.equal(recheck(syncing(true)), 1000);
  for (const seen of [syncing(false), next()]) assert.deepEqual(lookForSync(decide(seen).situation), {});
});

describe('pods and versions', () => {
  test('every Redis has its role, version and offset, and a replica its lag', () => {
    const redis = [
      redisPod(0, { answer: { offset: 1500 } }),
      redisPod(1),
      redisPod(2, { answer: unreachable('timeout') }),
    ];
    assert.deepEqual(statusAfter(next({ redis, sentinels: [] })).pods, [
      { name: 'rfr-test-0', ready: true, role: 'master', version: '8.0.2', offset: 1500 },
      { name: 'rfr-test-1', ready: true, role: 'replica', version: '8.0.2', offset: 1000, lagBytes: 500 },
      { name: 'rfr-test-2', ready: true, role: 'unknown' },
    ]);
  });

  test('two versions are told in their order', () => {
    const redis = [redisPod(0, { answer: { version: '10.0.1' } }), redisPod(1)];
    assert.equal(statusAfter(next({ redis })).redis?.version, '8.0.2, 10.0.1');
  });

  test('what is waited for is told, and nothing when all is well', () => {
    assert.equal(HEALTHY.waitingFor, undefined);
    assert.equal(statusAfter(next({ sentinels: oneDisagrees })).waitingFor, '1 more Sentinels to agree on rfr-test-0');
  });
});

const withDeployment = (generation: number, status: object): Observation => {
  const { children } = observation();
  const deployment = {
    metadata: { name: 'rfs-test', generation },
    status: { updatedReplicas: 3, observedGeneration: 1, ...status },
  };
  return next({ children: { ...children, deployment } });
};

describe('Sentinels of an earlier template', () => {
  test('are waited for though all that are asked for are ready', () => {
    const rows = [
      [
        'none new yet',
        withDeployment(1, { updatedReplicas: 0 }),
        'waiting for 3 Sentinels to be on the current template',
      ],
      ['not seen yet', withDeployment(2, {}), 'waiting for 3 Sentinels to be on the current template'],
      [
        'one more',
        next({ sentinels: [0, 1, 2, 3].map((one) => sentinelPod(one)) }),
        'waiting for 1 Sentinels that are not asked for to end',
      ],
      ['new', withDeployment(1, {}), 'everything is as the spec asks'],
    ] as const;
    const told = rows.map(([name, seen]) => [name, conditionOf(seen, 'Ready').message]);
    assert.deepEqual(
      told,
      rows.map(([name, , message]) => [name, message]),
    );
    assert.deepEqual(
      rows.map(([, seen]) => statusAfter(seen).phase),
      ['Updating', 'Updating', 'Updating', 'Ready'],
    );
  });

  test('are not waited for on their way out, which may take as long as a dead node', () => {
    const sentinels = [0, 1, 2, 3].map((one) => sentinelPod(one, { deleting: one === 3 }));
    assert.equal(conditionOf(next({ sentinels }), 'Ready').status, 'True');
  });
});

describe('a status at rest', () => {
  const offsets = array(integer({ min: 0, max: 2 ** 40 }), { minLength: 3, maxLength: 3 });

  test('is the same again, whatever was seen', () => {
    const redis = tuple(
      constantFrom('answer', 'refused', 'timeout', 'auth'),
      boolean(),
      boolean(),
      integer({ min: 0, max: 2 ** 40 }),
    );
    check(
      property(array(redis, { minLength: 1, maxLength: 4 }), boolean(), (pods, forgetful) => {
        const seen = observation({
          sentinels: allSentinels(forgetful ? { answer: FORGETFUL } : {}),
          redis: pods.map(([why, ready, deleting, offset], index) =>
            redisPod(index, {
              ready,
              deleting,
              answer:
                why === 'answer'
                  ? { offset }
                  : unreachable(why === 'auth' ? 'auth' : why === 'refused' ? 'refused' : 'timeout'),
            }),
          ),
        });
        const once = statusAfter(seen);
        assert.deepEqual(statusAfter({ ...seen, failover: { ...seen.failover, status: once } }), once);
      }),
    );
  });

  test('is not written because offsets and time move on while the lags keep their magnitude', () => {
    check(
      property(offsets, integer({ min: 0, max: 2 ** 40 }), integer({ min: 0, max: 10 ** 9 }), (of, more, ms) => {
        const before = statusAfter(seenWith(of, HEALTHY, AT));
        const later = statusAfter(
          seenWith(
            of.map((offset) => offset + more),
            before,
            AT + ms,
          ),
        );
        assert.deepEqual(withoutOffsets(later), withoutOffsets(before));
        assert.equal(hasLagChanged(before, later), false);
      }),
    );
  });

  test('is written when a lag passes a threshold, and not below it', () => {
    assert.equal(hasLagChanged(behind(0), behind(2 ** 20 - 1)), false);
    assert.equal(hasLagChanged(behind(0), behind(2 ** 20)), true);
    assert.equal(hasLagChanged(behind(2 ** 20), behind(2 ** 23)), false);
    assert.equal(hasLagChanged(behind(2 ** 24), behind(0)), true);
  });

  test('is not ready while the API server refuses an object, though all pods are', () => {
    const { situation, plan } = decide(next());
    const message = 'StatefulSet.apps "rfr-test" is invalid: volumeMounts[4].name: Not found: "none"';
    const { phase, conditions = [] } = statusOf(situation, plan, [{ reason: 'ApplyFailed', message }]);
    const told = conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
    assert.equal(phase, 'Degraded');
    assert.deepEqual(told.slice(0, 4), [
      'Ready False ApplyFailed',
      'Progressing True Waiting',
      'Degraded True ApplyFailed',
      'MasterAvailable True Healthy',
    ]);
    assert.equal(conditions[0]?.message, `waiting for the API server to accept every object; ${message}`);
  });
});
