import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { IMAGE_ANNOTATION } from '../core/objects/kept-template.ts';
import { existing } from './default-images.ts';

const SET: StatefulSet = { metadata: { annotations: { [IMAGE_ANNOTATION]: 'redis:of-the-time' } } };
const PODS: readonly Pod[] = [
  { spec: { containers: [{ name: 'sentinel', image: 'redis:sentinel' }] } },
  { spec: { containers: [{ name: 'redis', image: 'redis:that-runs' }] } },
];

describe('the default image of Redis', () => {
  test('is what the StatefulSet says', () => {
    const memory = { redisImage: undefined };
    assert.deepEqual(existing({ statefulSet: SET }, PODS, memory), { redis: 'redis:of-the-time' });
  });

  test('is what it said last while it is being replaced', () => {
    const memory = { redisImage: undefined };
    existing({ statefulSet: SET }, PODS, memory);
    assert.deepEqual(existing({}, PODS, memory), { redis: 'redis:of-the-time' });
  });

  test('is what runs when the operator was started in between', () => {
    assert.deepEqual(existing({}, PODS, { redisImage: undefined }), { redis: 'redis:that-runs' });
  });

  test('is that of this release for a failover that has nothing yet', () => {
    assert.deepEqual(existing({}, [], { redisImage: undefined }), {});
  });
});

const sentinelsOf = (partOf: string): Deployment => ({
  spec: { selector: { matchLabels: { 'app.kubernetes.io/part-of': partOf } }, template: {} },
});

describe('Sentinels of spotahome’s', () => {
  test('are known by their selector, so that zero replicas do not remove them', () => {
    const [theirs, ours] = ['redis-failover', 'test'].map((partOf) =>
      existing({ deployment: sentinelsOf(partOf) }, [], { redisImage: undefined }),
    );
    assert.deepEqual([theirs, ours], [{ predecessorsSentinels: true }, {}]);
  });
});
