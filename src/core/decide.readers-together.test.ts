import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summary, type Table } from './decide-summary.ts';
import { AT, allSentinels, FAILOVER, observation, redisPod, replicaEntry, unreachable } from './fixtures.ts';
import type { Observation, RedisPod } from './observation.ts';

type Change = NonNullable<Parameters<typeof redisPod>[1]>;

const STALE: Change = { revision: 'rev0' };
const GOING: Change = { ...STALE, deleting: true, ready: false, deletion: { askedAt: AT - 1_000, graceMs: 30_000 } };
const COMING: Change = {
  createdAt: AT - 5_000,
  ready: false,
  container: { kind: 'waiting', reason: 'ContainerCreating', message: '' },
  answer: unreachable('no-address'),
};

const RUNNING: RedisPod['container'] = { kind: 'running', startedAt: AT - 2_000 };

/** A failover in the middle of a roll; `pods` by ordinal, the master first. */
const rolling = (
  pods: readonly Change[],
  { required = 0, redis = {} }: { readonly required?: number; readonly redis?: object } = {},
): Observation => {
  const others = pods.map((_, ordinal) => ordinal).slice(1);
  const connectedReplicas = others.map((ordinal) => ({ ip: `10.0.0.${ordinal + 1}`, port: 6379, offset: 1000 }));
  const requiredReplicas = { toWrite: required, maxLagSeconds: 10 };
  const answerOf = ({ answer }: Change, ordinal: number): NonNullable<Change['answer']> =>
    answer?.kind === 'unreachable'
      ? answer
      : { requiredReplicas, ...(ordinal === 0 && { connectedReplicas }), ...answer };
  return observation({
    failover: { ...FAILOVER, spec: { redis: { ...redis, replicas: pods.length } } },
    redis: pods.map((change, ordinal): RedisPod => redisPod(ordinal, { ...change, answer: answerOf(change, ordinal) })),
    sentinels: allSentinels({ answer: { replicas: others.map((ordinal) => replicaEntry(ordinal + 1, ['slave'])) } }),
  });
};

const TABLE: Table = {
  'the first replica goes alone': {
    seen: rolling([STALE, STALE, STALE, STALE, STALE]),
    expected: ['delete-pod rfr-test-4'],
  },
  'nothing follows it until it is back, for it shows that the template works': {
    seen: rolling([STALE, STALE, STALE, STALE, COMING]),
    expected: [],
  },
  'then two of four replicas go together: the second while the first ends': {
    seen: rolling([STALE, STALE, STALE, GOING, {}]),
    expected: ['delete-pod rfr-test-2'],
  },
  'or while the first comes up': {
    seen: rolling([STALE, STALE, STALE, COMING, {}]),
    expected: ['delete-pod rfr-test-2'],
  },
  'or while it receives the data': {
    seen: rolling([STALE, STALE, STALE, { ...COMING, container: RUNNING, answer: { linkUp: false } }, {}]),
    expected: ['delete-pod rfr-test-2'],
  },
  'a third does not': {
    seen: rolling([STALE, STALE, COMING, GOING, {}]),
    expected: [],
  },
  'three of six replicas go together': {
    seen: rolling([STALE, STALE, STALE, STALE, GOING, COMING, {}]),
    expected: ['delete-pod rfr-test-3'],
  },
  'of three replicas never more than one': {
    seen: rolling([STALE, STALE, GOING, {}]),
    expected: [],
  },
  'nor of four that the master requires three of': {
    seen: rolling([STALE, STALE, STALE, GOING, {}], {
      required: 3,
      redis: { customConfig: ['min-replicas-to-write 3'] },
    }),
    expected: [],
  },
  'the master is handed over only when all are back': {
    seen: rolling([STALE, {}, {}, COMING, {}]),
    expected: [],
  },
  'a pod that crashes holds the roll': {
    seen: rolling([STALE, STALE, STALE, { ...COMING, restarts: 1 }, {}]),
    expected: [],
  },
  'so does one that cannot start': {
    seen: rolling([
      STALE,
      STALE,
      STALE,
      { ...COMING, container: { kind: 'waiting', reason: 'ImagePullBackOff', message: '' } },
      {},
    ]),
    expected: [],
  },
  'and one that has been coming up for long': {
    seen: rolling([STALE, STALE, STALE, { ...COMING, createdAt: AT - 120_000 }, {}]),
    expected: [],
  },
  'and one that does not end in its time, because its node is gone': {
    seen: rolling([STALE, STALE, STALE, { ...GOING, deletion: { askedAt: AT - 60_000, graceMs: 30_000 } }, {}]),
    expected: [],
  },
  'and a replica that fell out of sync': {
    seen: rolling([STALE, { ...STALE, answer: { linkUp: false } }, STALE, GOING, {}]),
    expected: [],
  },
};

describe('replicas that are replaced together', () => {
  for (const [sentence, { seen, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});
