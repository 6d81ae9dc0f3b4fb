import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Node } from 'kubernetes-types/core/v1.js';
import { SimClock, settle } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimLog } from '../../sim/log.ts';
import { SimRandom } from '../../sim/random.ts';
import { KubeApiError } from '../kube/errors.ts';
import type { KubeApi } from '../ports.ts';
import { CordonedNodes } from './cordoned-nodes.ts';
import { NODES } from './kinds.ts';

const world = () => {
  const [clock, random] = [new SimClock(), new SimRandom(1)];
  return { clock, random, log: new SimLog(), api: new SimKubeApi({ clock, random }) };
};

let { clock, random, log, api } = world();
let stop = new AbortController();
let running = Promise.resolve();
let changed: string[] = [];

beforeEach(() => {
  ({ clock, random, log, api } = world());
  stop = new AbortController();
  changed = [];
});

afterEach(async () => {
  stop.abort();
  await running;
});

const start = async (through: KubeApi = api): Promise<CordonedNodes> => {
  const nodes = new CordonedNodes({ api: through, clock, random, log, onChange: (node) => changed.push(node) });
  running = nodes.run(stop.signal);
  await settle();
  return nodes;
};

const cordon = async (name: string, unschedulable: boolean): Promise<void> => {
  await api.mergePatch<Node>(NODES, { name, patch: { spec: { unschedulable } } }, stop.signal);
  await settle();
};

const addNode = (name: string) =>
  api.create<Node>(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name } }, stop.signal);

test('a node counts from the moment it is cordoned until it is uncordoned, and each is told', async () => {
  await addNode('one');
  await addNode('two');
  const nodes = await start();
  await cordon('one', true);
  assert.deepEqual([nodes.has('one'), nodes.has('two')], [true, false]);
  await cordon('one', false);
  assert.equal(nodes.has('one'), false);
  assert.deepEqual(changed, ['one', 'one']);
});

test('without the right to see nodes none counts, nobody waits, and it is said once', async () => {
  const nodes = await start(
    intercept(api, () => {
      throw new KubeApiError({ code: 'forbidden', message: 'nodes is forbidden' });
    }),
  );
  await nodes.whenSynced;
  await clock.advance(30 * 60_000);
  assert.deepEqual([nodes.synced, nodes.has('one'), log.lines.length], [true, false, 1]);
});

test('a right that is given later is used', async () => {
  let denied = true;
  const nodes = await start(
    intercept(api, () => {
      if (denied) throw new KubeApiError({ code: 'forbidden', message: 'nodes is forbidden' });
    }),
  );
  await addNode('one');
  await cordon('one', true);
  denied = false;
  await clock.advance(10 * 60_000);
  assert.equal(nodes.has('one'), true);
});
