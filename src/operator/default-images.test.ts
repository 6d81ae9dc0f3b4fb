import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { IMAGE_ANNOTATION } from '../core/objects/kept-template.ts';
import { defaultImages } from './default-images.ts';

const SET: StatefulSet = { metadata: { annotations: { [IMAGE_ANNOTATION]: 'redis:of-the-time' } } };
const PODS: readonly Pod[] = [
  { spec: { containers: [{ name: 'sentinel', image: 'redis:sentinel' }] } },
  { spec: { containers: [{ name: 'redis', image: 'redis:that-runs' }] } },
];

describe('the default image of Redis', () => {
  test('is what the StatefulSet says', () => {
    const memory = { redisImage: undefined };
    assert.deepEqual(defaultImages({ statefulSet: SET }, PODS, memory), { redis: 'redis:of-the-time' });
  });

  test('is what it said last while it is being replaced', () => {
    const memory = { redisImage: undefined };
    defaultImages({ statefulSet: SET }, PODS, memory);
    assert.deepEqual(defaultImages({}, PODS, memory), { redis: 'redis:of-the-time' });
  });

  test('is what runs when the operator was started in between', () => {
    assert.deepEqual(defaultImages({}, PODS, { redisImage: undefined }), { redis: 'redis:that-runs' });
  });

  test('is that of this release for a failover that has nothing yet', () => {
    assert.deepEqual(defaultImages({}, [], { redisImage: undefined }), {});
  });
});
