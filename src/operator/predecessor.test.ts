import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Lease } from 'kubernetes-types/coordination/v1.js';
import { SimClock, settle } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimLog } from '../../sim/log.ts';
import { SimRandom } from '../../sim/random.ts';
import { KubeApiError } from '../kube/errors.ts';
import { LEASES, microTime } from '../kube/lease-record.ts';
import type { KubeApi } from '../ports.ts';
import { type Holder, Predecessor } from './predecessor.ts';

const NAME = 'redis-failover-lease';
const DURATION_MS = 15_000;
const OLD: Holder = { namespace: 'old', lease: NAME, identity: 'old-operator_1' };

const world = () => {
  const [clock, random] = [new SimClock(), new SimRandom(1)];
  return { clock, random, log: new SimLog(), api: new SimKubeApi({ clock, random }) };
};

let { clock, random, log, api } = world();
let stop = new AbortController();
let running = Promise.resolve();
let told: (Holder | undefined)[] = [];

beforeEach(() => {
  ({ clock, random, log, api } = world());
  stop = new AbortController();
  told = [];
});

afterEach(async () => {
  stop.abort();
  await running;
});

const start = async (change: { api?: KubeApi; leases?: string[]; namespaces?: string[] } = {}) => {
  const predecessor = new Predecessor({
    api,
    clock,
    random,
    log,
    leases: [NAME],
    namespaces: undefined,
    ...change,
    onChange: (holder) => told.push(holder),
  });
  running = predecessor.run(stop.signal);
  await settle();
  return predecessor;
};

/** What the old operator writes every two seconds; its clock may be wrong by `differenceMs`. */
const renewed = (differenceMs = 0): object => ({ renewTime: microTime(clock.now() + differenceMs) });

const hold = (namespace = 'old', name = NAME, differenceMs = 0): Promise<Lease> =>
  api.create<Lease>(
    LEASES,
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace, name },
      spec: { holderIdentity: 'old-operator_1', leaseDurationSeconds: 15, ...renewed(differenceMs) },
    },
    stop.signal,
  );

const patch = async (spec: object): Promise<void> => {
  await api.mergePatch(LEASES, { namespace: 'old', name: NAME, patch: { spec } }, stop.signal);
  await settle();
};

test('without such a lease nobody is at work', async () => {
  const predecessor = await start();
  await predecessor.whenSynced();
  assert.equal(predecessor.holder, undefined);
});

test('who renews its lease is at work for as long as it does', async () => {
  await hold();
  const predecessor = await start();
  await predecessor.whenSynced();
  for (let renewals = 0; renewals < 20; renewals += 1) {
    await patch(renewed());
    await clock.advance(2_000);
  }
  assert.deepEqual(predecessor.holder, OLD);
  assert.deepEqual(told, [OLD]);
});

test('who stops renewing is at work until its lease has run out', async () => {
  await hold();
  const predecessor = await start();
  await clock.advance(DURATION_MS - 1);
  assert.deepEqual(predecessor.holder, OLD);
  await clock.advance(1);
  assert.equal(predecessor.holder, undefined);
  assert.deepEqual(told, [OLD, undefined]);
});

test('a clock that is minutes off makes no difference', async () => {
  for (const differenceMs of [-4 * 60_000, 60 * 60_000]) await hold(`off${differenceMs}`, NAME, differenceMs);
  const predecessor = await start();
  await clock.advance(DURATION_MS - 1);
  assert.notEqual(predecessor.holder, undefined);
  await clock.advance(1);
  assert.equal(predecessor.holder, undefined);
});

test('a lease that ended long ago stops nobody, not even for its duration', async () => {
  await hold();
  await clock.advance(24 * 60 * 60_000);
  const predecessor = await start();
  const labels = { metadata: { labels: { note: 'somebody touched it' } } };
  await api.mergePatch(LEASES, { namespace: 'old', name: NAME, patch: labels }, stop.signal);
  await settle();
  assert.deepEqual([predecessor.holder, told], [undefined, []]);
});

test('a lease that is given back or deleted frees at once', async () => {
  await hold();
  const predecessor = await start();
  await patch({ holderIdentity: '' });
  assert.equal(predecessor.holder, undefined);
  await patch({ holderIdentity: 'old-operator_1', ...renewed() });
  assert.deepEqual(predecessor.holder, OLD);
  await api.delete(LEASES, { namespace: 'old', name: NAME }, stop.signal);
  await settle();
  assert.equal(predecessor.holder, undefined);
  assert.deepEqual(told, [OLD, undefined, OLD, undefined]);
});

test('an old operator that is started again is noticed', async () => {
  const predecessor = await start();
  await hold();
  await settle();
  assert.deepEqual(predecessor.holder, OLD);
});

test('one of two that ends leaves the other at work', async () => {
  await hold('old');
  await hold('older');
  const predecessor = await start();
  await api.delete(LEASES, { namespace: 'old', name: NAME }, stop.signal);
  await settle();
  assert.equal(predecessor.holder?.namespace, 'older');
});

test('other names and other namespaces than those asked for are nobody', async () => {
  await hold('old', 'another-lease');
  await hold('elsewhere');
  const predecessor = await start({ namespaces: ['old'] });
  await predecessor.whenSynced();
  assert.equal(predecessor.holder, undefined);
});

test('a lease that could not be seen renewed for a while is asked for, and kept while nobody answers', async () => {
  await hold();
  let away = false;
  const flaky = intercept(api, (verb) => {
    if (away && verb === 'list') throw new KubeApiError({ code: 'unreachable', message: 'away' });
  });
  const predecessor = await start({ api: flaky });
  away = true;
  await clock.advance(4 * DURATION_MS);
  assert.deepEqual(predecessor.holder, OLD);
  away = false;
  await clock.advance(1_000);
  assert.equal(predecessor.holder, undefined);
});

test('without the right to see leases nobody waits, and it is said once', async () => {
  const denied = intercept(api, () => {
    throw new KubeApiError({ code: 'forbidden', message: 'leases is forbidden' });
  });
  const predecessor = await start({ api: denied });
  await predecessor.whenSynced();
  await clock.advance(60 * 60_000);
  assert.deepEqual([predecessor.holder, log.lines.length], [undefined, 1]);
});

test('with no names nothing is watched', async () => {
  await hold();
  const predecessor = await start({ leases: [] });
  await predecessor.whenSynced();
  assert.equal(predecessor.holder, undefined);
});
