import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ConfigMap } from 'kubernetes-types/core/v1.js';
import { SimClock, settle } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimLog } from '../../sim/log.ts';
import { SimRandom } from '../../sim/random.ts';
import type { KubeApi, Resource } from '../ports.ts';
import { KubeApiError } from './errors.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';

const CONFIG_MAPS: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };

let clock = new SimClock();
let random = new SimRandom(1);
let api = new SimKubeApi({ clock, random });
let store = new Store<ConfigMap>();
let stop = new AbortController();
let running = Promise.resolve();

beforeEach(() => {
  clock = new SimClock();
  random = new SimRandom(1);
  api = new SimKubeApi({ clock, random });
  store = new Store();
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await running;
});

const start = async (through: KubeApi = api): Promise<Reflector<ConfigMap>> => {
  const options = { api: through, clock, random, log: new SimLog(), resource: CONFIG_MAPS, selection: {}, store };
  const reflector = new Reflector<ConfigMap>(options);
  running = reflector.run(stop.signal);
  await settle();
  return reflector;
};

const write = async (name: string): Promise<void> => {
  await api.create<ConfigMap>(CONFIG_MAPS, { metadata: { namespace: 'default', name } }, stop.signal);
  await settle();
};

const remove = async (name: string): Promise<void> => {
  await api.delete(CONFIG_MAPS, { namespace: 'default', name }, stop.signal);
  await settle();
};

const names = (): (string | undefined)[] => store.list().map(({ metadata }) => metadata?.name);

/** The same API, but one of its methods fails as long as `isBroken` says so. */
const breaking = (method: keyof KubeApi, isBroken: () => boolean): KubeApi =>
  intercept(api, (verb) => {
    if (verb === method && isBroken()) throw new KubeApiError({ code: 'unreachable', message: 'broken' });
  });

test('the store follows the API server from the first list on', async () => {
  await write('before');
  await start();
  assert.deepEqual(names(), ['before']);
  await write('after');
  await remove('before');
  assert.deepEqual(names(), ['after']);
});

test('nothing is missed when the server ends the watch', async () => {
  await start();
  await clock.advance(300_000);
  api.endWatches(CONFIG_MAPS);
  await write('meanwhile');
  await settle();
  assert.deepEqual(names(), ['meanwhile']);
});

test('a watch whose version expired while it was broken is followed by a list', async () => {
  let broken = false;
  await start(breaking('watch', () => broken));
  await write('deleted-meanwhile');
  broken = true;
  api.endWatches(CONFIG_MAPS);
  await settle();
  await remove('deleted-meanwhile');
  await write('created-meanwhile');
  api.compact(CONFIG_MAPS);
  broken = false;
  await clock.advance(60_000);
  assert.deepEqual(names(), ['created-meanwhile']);
});

test('a bookmark keeps the version from expiring', async () => {
  const reflector = await start();
  await api.create(
    { ...CONFIG_MAPS, plural: 'others' },
    { metadata: { namespace: 'default', name: 'other' } },
    stop.signal,
  );
  api.bookmark(CONFIG_MAPS);
  await settle();
  const { items, resourceVersion } = await api.list(CONFIG_MAPS, {}, stop.signal);
  assert.deepEqual(items, []);
  assert.partialDeepStrictEqual(reflector.state, { kind: 'watching', resourceVersion });
});

test('a list that fails is tried again until it succeeds', async () => {
  let broken = true;
  const reflector = await start(breaking('list', () => broken));
  assert.equal(reflector.state.kind, 'backing-off');
  await clock.advance(60_000);
  assert.equal(store.synced, false);
  broken = false;
  await clock.advance(30_000);
  assert.equal(store.synced, true);
});

test('a bug in a listener ends the reflector instead of being waited out', async () => {
  await start();
  store.subscribe(() => {
    throw new TypeError('a bug');
  });
  const ended = assert.rejects(running, TypeError);
  await write('trigger');
  await ended;
  running = Promise.resolve();
});
