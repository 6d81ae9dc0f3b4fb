import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RedisFailoverSpec } from '../api/types.ts';
import { summary, type Table } from './decide-summary.ts';
import {
  AT,
  allSentinels,
  FAILOVER,
  FORGETFUL,
  observation,
  redisPod,
  replicaEntry,
  sentinelPod,
  watched,
} from './fixtures.ts';
import { TEMPLATE_ANNOTATION, TEMPLATE_VERSION } from './objects/kept-template.ts';
import type { RedisAnswer } from './observation.ts';

/** Redis on three nodes, Sentinels on two of them; the third node's Redis became ready at `backAt`. */
const onTwoNodes = ({
  placedAt,
  backAt,
  spec = {},
  replica = {},
  templateVersion = TEMPLATE_VERSION.sentinel,
}: {
  readonly placedAt: number;
  readonly backAt: number;
  readonly spec?: RedisFailoverSpec;
  readonly replica?: Partial<RedisAnswer>;
  readonly templateVersion?: number;
}) =>
  observation({
    failover: { ...FAILOVER, spec },
    children: madeFrom(templateVersion),
    redis: [
      redisPod(0),
      redisPod(1, { node: 'node2', answer: replica }),
      redisPod(2, { node: 'node3', readySince: backAt }),
    ],
    sentinels: [
      sentinelPod(0),
      sentinelPod(1, { node: 'node2' }),
      sentinelPod(2, { node: 'node2', createdAt: placedAt }),
    ],
  });

const madeFrom = (templateVersion: number) => {
  const { children } = observation();
  const annotations = { [TEMPLATE_ANNOTATION]: `${templateVersion}:asked` };
  const deployment = { ...children.deployment, metadata: { ...children.deployment?.metadata, annotations } };
  return { ...children, deployment };
};

/** So many Sentinels, each on a node of its own. */
const fewSentinels = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const others = observation()
      .sentinels.slice(0, count)
      .filter((_pod, other) => other !== index);
    const peers = others.map(({ ip = '' }) => ({ ip, port: 26379, flags: ['sentinel'], lastHelloMs: 500 }));
    const master = watched('10.0.0.1', { quorum: Math.floor(count / 2) + 1 });
    return sentinelPod(index, { node: `node${index + 1}`, answer: { master, peers } });
  });

const TABLE: Table = {
  'a Sentinel that cannot log in gets the password once': {
    seen: observation({
      login: { kind: 'password', password: 'x' },
      sentinels: [
        sentinelPod(0, { answer: { master: watched('10.0.0.1', { flags: ['master', 's_down'] }) } }),
        sentinelPod(1, { answer: { master: watched('10.0.0.1', { flags: ['master', 's_down'] }), loginGiven: true } }),
        sentinelPod(2),
      ],
    }),
    expected: ['authenticate-sentinel rfs-test-0'],
  },
  'a Sentinel that restarted empty is told who the master is': {
    seen: observation({ sentinels: [sentinelPod(0), sentinelPod(1), sentinelPod(2, { answer: FORGETFUL })] }),
    expected: ['monitor rfs-test-2 10.0.0.1'],
  },
  'a Sentinel with a foreign master and the newest epoch is put right': {
    seen: observation({
      sentinels: [
        sentinelPod(0),
        sentinelPod(1),
        sentinelPod(2, { answer: { master: watched('10.9.9.9', { configEpoch: 7 }) } }),
      ],
    }),
    expected: ['monitor rfs-test-2 10.0.0.1'],
  },
  'the quorum of a Sentinel follows the number of Sentinels': {
    seen: observation({
      sentinels: [
        sentinelPod(0),
        sentinelPod(1),
        sentinelPod(2, { answer: { master: watched('10.0.0.1', { quorum: 1 }) } }),
      ],
    }),
    expected: ['configure-sentinel rfs-test-2'],
  },
  'a Sentinel that reads INFO every ten seconds is told to do so every second': {
    seen: observation({
      sentinels: [sentinelPod(0), sentinelPod(1, { answer: { infoPeriodMs: 10_000 } }), sentinelPod(2)],
    }),
    expected: ['configure-sentinel rfs-test-1'],
  },
  'a Sentinel whose pace cannot be changed is left alone': {
    seen: observation({ sentinels: allSentinels({ answer: { infoPeriodMs: undefined } }) }),
    expected: [],
  },
  'a Sentinel leaves a node that has the majority for one that came back': {
    seen: onTwoNodes({ placedAt: AT - 60_000, backAt: AT - 30_000 }),
    expected: ['delete-pod rfs-test-2'],
  },
  'a Sentinel that landed there again is left alone': {
    seen: onTwoNodes({ placedAt: AT - 30_000, backAt: AT - 60_000 }),
    expected: [],
  },
  'where the user places the Sentinels, they stay': {
    seen: onTwoNodes({ placedAt: AT - 60_000, backAt: AT - 30_000, spec: { sentinel: { affinity: {} } } }),
    expected: [],
  },
  'a Sentinel of another operator stays where that left it': {
    seen: onTwoNodes({ placedAt: AT - 60_000, backAt: AT - 30_000, templateVersion: 0 }),
    expected: [],
  },
  ...Object.fromEntries(
    [1, 2].map((replicas) => [
      `of ${replicas} Sentinels none moves, as each is needed wherever it is`,
      {
        seen: observation({
          failover: { ...FAILOVER, spec: { sentinel: { replicas } } },
          children: madeFrom(TEMPLATE_VERSION.sentinel),
          redis: [redisPod(0), redisPod(1), redisPod(2, { node: 'node3', readySince: AT - 30_000 })],
          sentinels: fewSentinels(replicas),
        }),
        expected: [],
      },
    ]),
  ),
  'no Sentinel moves while a replica is not in sync': {
    seen: onTwoNodes({ placedAt: AT - 60_000, backAt: AT - 30_000, replica: { linkUp: false } }),
    expected: [],
  },
  'ghosts are forgotten by one Sentinel at a time': {
    seen: observation({
      sentinels: allSentinels({
        answer: {
          replicas: [2, 3, 77].map((last) => replicaEntry(last, ['slave', 's_down'])),
        },
      }),
    }),
    expected: ['monitor rfs-test-0 10.0.0.1'],
  },
  'ghosts stay while a pod is being replaced': {
    seen: observation({
      redis: [redisPod(0), redisPod(1), redisPod(2, { deleting: true })],
      sentinels: [
        sentinelPod(0, {
          answer: { replicas: [2, 3, 77].map((last) => replicaEntry(last, ['slave'])) },
        }),
        sentinelPod(1),
        sentinelPod(2),
      ],
    }),
    expected: [],
  },
};

describe('Sentinels that are wrong', () => {
  for (const [sentence, { seen, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});
