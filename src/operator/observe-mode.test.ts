/** `--mode=observe`: everything is looked at and reported, and nothing is touched. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Event } from 'kubernetes-types/core/v1.js';
import { SimClock, settle } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimLog } from '../../sim/log.ts';
import { SimRandom } from '../../sim/random.ts';
import type { RedisFailover } from '../api/types.ts';
import { decide } from '../core/decide.ts';
import { observation } from '../core/fixtures.ts';
import type { Action } from '../core/plan.ts';
import { KubeApiError } from '../kube/errors.ts';
import { createEventRecorder, EVENTS } from '../kube/events.ts';
import { WorkQueue } from '../kube/queue.ts';
import type { RedisDialer } from '../ports.ts';
import { RedisError } from '../redis/errors.ts';
import { carryOut } from './carry-out.ts';
import { Connections } from './connections.ts';
import { type Context, newMemory } from './context.ts';
import { Controller } from './controller.ts';
import {
  CLAIMS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  DISRUPTION_BUDGETS,
  PODS,
  REDIS_FAILOVERS,
  SECRETS,
  SERVICES,
  STATEFUL_SETS,
} from './kinds.ts';
import { createMetrics } from './metrics.ts';
import { type Permission, permissionOf } from './permission.ts';
import { Watches } from './watches.ts';

const KEY = 'space/test';
const HOLDER = { namespace: 'old', lease: 'redis-failover-lease', identity: 'old_1' };
const FAILOVER: RedisFailover = {
  apiVersion: 'databases.spotahome.com/v1',
  kind: 'RedisFailover',
  metadata: { namespace: 'space', name: 'test', uid: 'uid', generation: 1 },
  spec: {},
};

const silence: RedisDialer = {
  dial: () => Promise.reject(new RedisError({ code: 'refused', message: 'nobody listens' })),
};

let permission: Permission = { kind: 'observe' };
let storesStatus = true;
let stop = new AbortController();
let running = Promise.resolve();

let statusRefused = false;

const newWorld = () => {
  const [clock, random, log] = [new SimClock(), new SimRandom(1), new SimLog()];
  const api = intercept(new SimKubeApi({ clock, random }), (verb) => {
    if (verb === 'mergePatch' && statusRefused) throw new KubeApiError({ code: 'invalid', message: 'a name too long' });
  });
  const record = createEventRecorder({ api, clock, random, log, component: 'redis-operator' });
  const watches = new Watches({ api, clock, random, log, namespaces: undefined, onChange: () => undefined });
  const context: Context = {
    api,
    watches,
    clock,
    random,
    log,
    record,
    metrics: createMetrics(),
    connections: new Connections({ dialer: silence, clock, random, onEvent: () => undefined }),
    queue: new WorkQueue({ clock, random, backoff: { baseMs: 1, limitMs: 1 } }),
    permission: () => permission,
    storesStatus: () => storesStatus,
  };
  return { api, clock, record, context, controller: new Controller(context) };
};

let world = newWorld();

beforeEach(async () => {
  permission = { kind: 'observe' };
  storesStatus = true;
  statusRefused = false;
  stop = new AbortController();
  world = newWorld();
  await world.api.create(REDIS_FAILOVERS, FAILOVER, stop.signal);
  running = world.context.watches.run(stop.signal);
  await settle();
});

afterEach(async () => {
  stop.abort();
  world.context.connections.closeAll();
  await running;
});

const pass = async (): Promise<void> => {
  await world.controller.reconcile(KEY, stop.signal);
  await world.record.drain();
  await settle();
};

const stored = async (): Promise<RedisFailover | undefined> =>
  world.api.get(REDIS_FAILOVERS, { namespace: 'space', name: 'test' }, stop.signal);

const events = async (): Promise<readonly Event[]> =>
  (await world.api.list<Event>(EVENTS, {}, stop.signal)).items.toSorted((one, other) =>
    (one.message ?? '') < (other.message ?? '') ? -1 : 1,
  );

const children = async (): Promise<number> => {
  const kinds = [CONFIG_MAPS, SECRETS, SERVICES, DISRUPTION_BUDGETS, STATEFUL_SETS, DEPLOYMENTS, PODS, CLAIMS];
  const lists = await Promise.all(kinds.map((kind) => world.api.list(kind, {}, stop.signal)));
  return lists.flatMap(({ items }) => items).length;
};

describe('an operator that only observes', () => {
  test('makes nothing, and says what it would make', async () => {
    await pass();
    assert.equal(await children(), 0);
    const failover = await stored();
    assert.deepEqual([failover?.spec, failover?.metadata.annotations], [FAILOVER.spec, undefined]);
    const condition = failover?.status?.conditions?.find(({ type }) => type === 'Observed');
    assert.equal(condition?.reason, 'WouldAct');
    assert.match(condition.message, /apply StatefulSet\/rfr-test \(.*apply Deployment\/rfs-test \(/);
    const told = (await events()).filter(({ reason }) => reason === 'WouldAct').map(({ message }) => message);
    assert.ok(told.includes('apply Service/rfrm-test (it does not exist)'), told.join('\n'));
  });

  test('says it once while it stays the same, also when it is started anew', async () => {
    await pass();
    const [before, version] = [await events(), (await stored())?.metadata.resourceVersion];
    await pass();
    const next = new Controller(world.context);
    await next.reconcile(KEY, stop.signal);
    await world.record.drain();
    assert.deepEqual(await events(), before);
    assert.equal((await stored())?.metadata.resourceVersion, version);
  });

  test('says it in Events, once, where the CRD stores no status', async () => {
    storesStatus = false;
    await pass();
    const before = await events();
    assert.ok(before.some(({ reason }) => reason === 'WouldAct'));
    await pass();
    assert.deepEqual(await events(), before);
    assert.equal((await stored())?.status, undefined);
  });

  test('goes on and says so once, where the API server refuses the status', async () => {
    statusRefused = true;
    await pass();
    const before = await events();
    assert.deepEqual(
      before.filter(({ reason }) => reason === 'StatusRefused').map(({ message }) => message),
      ['a name too long'],
    );
    await pass();
    assert.deepEqual(await events(), before);
  });

  test('does it once it manages, and takes back what it said', async () => {
    await pass();
    permission = { kind: 'manage' };
    await pass();
    assert.ok((await children()) > 0);
    const types = (await stored())?.status?.conditions?.map(({ type }) => type) ?? [];
    assert.ok(types.includes('Ready') && !types.includes('Observed'));
  });
});

describe('an operator that stands by', () => {
  test('neither looks nor reports, but for one Event that says why', async () => {
    permission = permissionOf('manage', HOLDER);
    await pass();
    await pass();
    assert.equal(await children(), 0);
    assert.equal((await stored())?.status, undefined);
    const [event, ...others] = await events();
    assert.deepEqual([event?.reason, event?.count, others.length], ['PredecessorActive', 1, 0]);
    assert.match(event?.message ?? '', /old_1 holds the lease redis-failover-lease in namespace old/);
  });

  test('observes all the same, if it is to observe', () => {
    assert.deepEqual(permissionOf('observe', HOLDER), { kind: 'observe' });
  });
});

const why = { reason: 'Healthy', message: 'a test' } as const;
const target = { pod: 'rfr-test-0', uid: 'uid', runId: 'run', role: 'master', id: 'sentinel' } as const;
const master = { host: '10.0.0.1', port: 6379 };
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'space', name: 'made' } };

/** One of every kind. */
const ACTIONS: { readonly [Kind in Action['kind']]: Extract<Action, { readonly kind: Kind }> } = {
  apply: { kind: 'apply', object, live: undefined, why },
  'delete-object': { kind: 'delete-object', object, why },
  'patch-claim': { kind: 'patch-claim', claim: 'claim', patch: {}, why },
  'resize-claim': { kind: 'resize-claim', target: { claim: 'claim', uid: 'uid', storageClass: '' }, size: '1Gi', why },
  'own-pod': { kind: 'own-pod', target, owner: 'added', why },
  label: { kind: 'label', target, role: 'master', why },
  'inherit-labels': { kind: 'inherit-labels', target, inheritance: { labels: {}, ofTemplate: [], reserved: [] }, why },
  'mark-revision': { kind: 'mark-revision', target, revision: 'rev', why },
  replicate: { kind: 'replicate', target, master, why },
  demote: { kind: 'demote', target, master, why },
  'save-divergent': { kind: 'save-divergent', target, replicationId: 'a', file: 'a.rdb', why },
  rank: { kind: 'rank', target, priority: 0, why },
  'require-replicas': { kind: 'require-replicas', target, required: { toWrite: 1, maxLagSeconds: 1 }, why },
  'configure-redis': { kind: 'configure-redis', target, lines: ['save ""'], why },
  'configure-sentinel': { kind: 'configure-sentinel', target, lines: [], quorum: 2, why },
  'authenticate-sentinel': { kind: 'authenticate-sentinel', target, why },
  'make-credentials': { kind: 'make-credentials', why },
  'make-sentinel-login': { kind: 'make-sentinel-login', why },
  'guard-sentinel': { kind: 'guard-sentinel', target, steps: ['open'], why },
  'admit-internal': { kind: 'admit-internal', target, earlier: 'kept', why },
  'use-internal': { kind: 'use-internal', target, why },
  'log-in': { kind: 'log-in', target, why },
  'forget-master': { kind: 'forget-master', target, watched: master, why },
  monitor: { kind: 'monitor', target, master, quorum: 2, why },
  promote: { kind: 'promote', target, why },
  'request-failover': { kind: 'request-failover', target, watched: master, why },
  'hand-over': { kind: 'hand-over', target, replicas: [], leader: target, hurried: false, why },
  'delete-pod': { kind: 'delete-pod', target, why },
  'resize-pod': { kind: 'resize-pod', target, resources: {}, revision: 'rev', why },
};

describe('no action of any kind is taken', () => {
  for (const refused of [{ kind: 'observe' }, permissionOf('manage', HOLDER)] as const) {
    test(`by an operator whose permission is to ${refused.kind}`, async () => {
      permission = refused;
      const { situation } = decide(observation());
      const actions = Object.values(ACTIONS);
      const untouchable = new Proxy(world.context, {
        get: (context, name) => {
          assert.ok(!['api', 'connections', 'watches'].includes(String(name)), `${String(name)} is used`);
          const value: unknown = Reflect.get(context, name);
          return value;
        },
      });
      const decided = { key: KEY, situation, memory: newMemory(), actions, signal: stop.signal };
      assert.deepEqual(await carryOut(untouchable, decided), []);
      assert.deepEqual(await events(), []);
    });
  }
});
