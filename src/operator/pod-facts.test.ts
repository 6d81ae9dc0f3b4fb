import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod, PodCondition } from 'kubernetes-types/core/v1.js';
import { INHERITED_ANNOTATION } from '../api/names.ts';
import { podFacts } from './pod-facts.ts';

const facts = (pod: Pod) => podFacts(pod, { container: 'redis', isCordoned: (node) => node === 'cordoned' });
const withCondition = (change: Partial<PodCondition>): Pod => ({
  status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', ...change }] },
});
const withPassword = (name: string) => {
  const valueFrom = { secretKeyRef: { name: 'login', key: 'password' } };
  return { name, env: [{ name: 'REDIS_PASSWORD', valueFrom }] };
};
const secretOf = (containers: readonly { readonly name: string }[]) =>
  facts({ spec: { containers: [...containers] } }).passwordSecret;

/** The keys that a pod says it has from the RedisFailover. */
const inheriting = (annotation?: string): readonly string[] =>
  facts({ metadata: { ...(annotation !== undefined && { annotations: { [INHERITED_ANNOTATION]: annotation } }) } })
    .labelling.inherited;

describe('a pod', () => {
  test('that the eviction API is about to end says so', () => {
    assert.equal(facts(withCondition({})).disruption, 'EvictionByEvictionAPI');
  });

  test('whose eviction came to nothing stays', () => {
    assert.equal(facts(withCondition({ status: 'False' })).disruption, undefined);
    assert.equal(facts({}).disruption, undefined);
  });

  test('is on a cordoned node, on another one, or on none yet', () => {
    const on = (nodeName: string) => facts({ spec: { nodeName, containers: [] } }).cordoned;
    assert.deepEqual([on('cordoned'), on('other'), facts({}).cordoned], [true, false, false]);
  });

  test('names the Secret with the password that its Redis was started with', () => {
    const found = [[withPassword('redis')], [withPassword('exporter')], [{ name: 'redis' }]].map(secretOf);
    assert.deepEqual(found, ['login', undefined, undefined]);
  });

  test('knows which of its labels it has from the RedisFailover', () => {
    assert.deepEqual(inheriting('example.com/cost,team'), ['example.com/cost', 'team']);
    assert.deepEqual([inheriting(), inheriting('')], [[], []]);
  });
});
