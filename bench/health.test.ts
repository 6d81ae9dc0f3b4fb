import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { RedisFailover } from '../src/api/types.ts';
import { healthOf, type Seen } from './health.ts';

type Traits = { readonly ready?: 'False'; readonly role?: string; readonly deletionTimestamp?: string };

const pod = (name: string, { ready, role, ...metadata }: Traits = {}): Pod => ({
  metadata: {
    name,
    uid: `uid-${name}`,
    labels: {
      'app.kubernetes.io/component': name.startsWith('rfr') ? 'redis' : 'sentinel',
      ...(role !== undefined && { 'redisfailovers-role': role }),
    },
    ...metadata,
  },
  spec: { nodeName: 'node1', containers: [] },
  status: { conditions: [{ type: 'Ready', status: ready ?? 'True' }] },
});

const failover = (ready: 'True' | 'False', observedGeneration = 2): RedisFailover => ({
  metadata: { name: 'bench', generation: 2 },
  spec: {},
  status: {
    observedGeneration,
    conditions: [{ type: 'Ready', status: ready, reason: 'R', message: 'waiting', lastTransitionTime: '' }],
  },
});

const master = pod('rfr-0', { role: 'master' });
const replica = pod('rfr-1', { role: 'slave' });
const sentinels = [pod('rfs-a'), pod('rfs-b')];

const seen = (changes: Partial<Seen>): Seen => ({
  failover: failover('True'),
  pods: [master, replica, ...sentinels],
  replicas: 2,
  reportsReady: 'yes',
  ...changes,
});

const COMPLAINTS: readonly { readonly what: string; readonly changes: Partial<Seen>; readonly why: RegExp }[] = [
  { what: 'no RedisFailover', changes: { failover: undefined }, why: /no RedisFailover/ },
  { what: 'not Ready', changes: { failover: failover('False') }, why: /Ready is False: waiting/ },
  { what: 'Ready, but for an older spec', changes: { failover: failover('True', 1) }, why: /newest spec/ },
  { what: 'a pod too few', changes: { pods: [master, ...sentinels] }, why: /1 Redis pods and 2 others/ },
  {
    what: 'a pod that is not ready',
    changes: { pods: [master, pod('rfr-1', { ready: 'False' }), ...sentinels] },
    why: /not ready: rfr-1/,
  },
  {
    what: 'a pod that is being deleted',
    changes: { pods: [master, pod('rfr-1', { deletionTimestamp: 'now' }), ...sentinels] },
    why: /not ready: rfr-1/,
  },
  { what: 'two masters', changes: { pods: [master, pod('rfr-1', { role: 'master' }), ...sentinels] }, why: /2 pods/ },
  { what: 'no master', changes: { pods: [pod('rfr-0'), replica, ...sentinels] }, why: /0 pods/ },
];

describe('a failover', () => {
  test('is healthy when all pods are ready, one is master, and Ready is True', () => {
    const health = healthOf(seen({}));
    assert.ok(health.kind === 'healthy');
    assert.deepEqual(health.master, { name: 'rfr-0', uid: 'uid-rfr-0', node: 'node1' });
    assert.deepEqual([health.redis.length, health.all.length], [2, 4]);
  });

  for (const { what, changes, why } of COMPLAINTS) {
    test(`with ${what} is not healthy`, () => {
      const health = healthOf(seen(changes));
      assert.match(health.kind === 'unhealthy' ? health.why : 'healthy', why);
    });
  }

  test('of an operator that has no condition is judged by its pods', () => {
    assert.equal(healthOf(seen({ reportsReady: 'no', failover: { metadata: {}, spec: {} } })).kind, 'healthy');
  });
});
