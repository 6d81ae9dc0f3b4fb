/** How a roll of the Sentinels goes on where the new one has a place only where an old one is. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Affinity } from 'kubernetes-types/core/v1.js';
import { withDefaults } from '../api/defaults.ts';
import type { RedisFailoverSpec } from '../api/types.ts';
import { decide } from './decide.ts';
import { allSentinels, FAILOVER, observation, sentinelPod, unreachable } from './fixtures.ts';
import { sentinelDeployment } from './objects/deployment.ts';
import type { SentinelPod } from './observation.ts';
import { waitsForPlace } from './rules/sentinel-place.ts';

type SentinelSpec = NonNullable<RedisFailoverSpec['sentinel']>;

const APART: Affinity = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: {} }],
  },
};
const NOWHERE: Affinity = {
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [] }] } },
};

const waiting = (index: number, reason: string): SentinelPod =>
  sentinelPod(index, {
    ready: false,
    container: { kind: 'waiting', reason, message: '0/3 nodes are available' },
    answer: unreachable('no-address'),
  });

const waits = (spec: SentinelSpec, sentinels: readonly SentinelPod[]): boolean => {
  const seen = observation({ failover: { ...FAILOVER, spec: { sentinel: spec } }, sentinels });
  return waitsForPlace(decide(seen).situation);
};

const THREE = allSentinels({});
const STUCK = [...THREE, waiting(3, 'Unschedulable')];

type Case = readonly [spec: SentinelSpec, sentinels: readonly SentinelPod[], expected: boolean];

const CASES: Readonly<Record<string, Case>> = {
  'one is added first, though no two may be on one node': [{ affinity: APART }, THREE, false],
  'an old one goes when the new one finds no node of its own': [{ affinity: APART }, STUCK, true],
  'or no port of a node': [{ hostNetwork: true }, STUCK, true],
  'or would not be spread': [
    { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] },
    STUCK,
    true,
  ],
  'the new one is waited for when it has a place': [
    { affinity: APART },
    [...THREE, waiting(3, 'ContainerCreating')],
    false,
  ],
  'none goes for one that has no place anyway': [{ affinity: NOWHERE }, STUCK, false],
  'nor while one is away': [{ affinity: APART }, [sentinelPod(0), sentinelPod(1), waiting(3, 'Unschedulable')], false],
  'nor where that would leave no majority': [
    { affinity: APART, replicas: 2 },
    [sentinelPod(0), sentinelPod(1), waiting(3, 'Unschedulable')],
    false,
  ],
};

const strategyOf = (sentinelsInPlace: boolean) =>
  sentinelDeployment(withDefaults(FAILOVER), { sentinelsInPlace }).spec?.strategy?.rollingUpdate;

describe('in a roll of the Sentinels', () => {
  for (const [sentence, [spec, sentinels, expected]] of Object.entries(CASES)) {
    test(sentence, () => assert.equal(waits(spec, sentinels), expected));
  }

  test('an old one goes first only when told so', () => {
    assert.deepEqual(strategyOf(false), { maxSurge: 1, maxUnavailable: 0 });
    assert.deepEqual(strategyOf(true), { maxSurge: 0, maxUnavailable: 1 });
  });
});
