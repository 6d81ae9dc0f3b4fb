import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../ports.ts';
import { decide } from './decide.ts';
import { observation, redisPod, unreachable } from './fixtures.ts';
import type { Observation } from './observation.ts';
import type { Action } from './plan.ts';
import { untilApplied } from './stale-workload.ts';
import { statusOf } from './status.ts';

const why = { reason: 'ObjectApplied', message: 'it changed' } as const;
const applying = (kind: string, live: KubeObject | undefined): Action => ({
  kind: 'apply',
  object: { kind, metadata: { name: 'rfr-test' } },
  live,
  why,
});

const told = (actions: readonly Action[], seen: Observation = observation()): readonly string[] => {
  const { situation, plan } = decide(seen);
  const status = untilApplied(statusOf(situation, plan, []), situation, { ...plan, actions });
  return [
    status.phase ?? '',
    ...(status.conditions ?? []).slice(0, 2).map(({ type, message }) => `${type}: ${message}`),
  ];
};

const AS_ASKED = ['Ready', 'Ready: everything is as the spec asks', 'Progressing: everything is as the spec asks'];

describe('a failover whose pods are all ready', () => {
  test('is not Ready in the pass that gives its workload another spec', () => {
    const waits = 'waiting for the pods of StatefulSet rfr-test to be as the spec asks';
    assert.deepEqual(told([applying('StatefulSet', {})]), ['Updating', `Ready: ${waits}`, `Progressing: ${waits}`]);
  });

  test('is Ready whatever else is applied', () => {
    assert.deepEqual(told([applying('ConfigMap', {}), applying('Deployment', undefined)]), AS_ASKED);
    assert.deepEqual(told([]), AS_ASKED);
  });

  test('says what it said where it is not Ready for another reason', () => {
    const silent = observation({ redis: [redisPod(0, { answer: unreachable('timeout') }), redisPod(1), redisPod(2)] });
    assert.deepEqual(told([applying('StatefulSet', {})], silent), told([], silent));
  });
});
