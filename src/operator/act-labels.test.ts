import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { SimClock } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimRandom } from '../../sim/random.ts';
import { INHERITED_ANNOTATION } from '../api/names.ts';
import { AT, observation } from '../core/fixtures.ts';
import { fingerprint } from '../core/objects/applied-hash.ts';
import { situationOf } from '../core/situation.ts';
import type { KubeApi, KubeObject } from '../ports.ts';
import { inheritLabels } from './act-labels.ts';
import { newMemory } from './context.ts';
import { PODS } from './kinds.ts';

const KEY = { namespace: 'space', name: 'rfr-test-0' };
const { signal } = new AbortController();

/** A pod with somebody else's label; `meddle` runs between the look at it and the write. */
const setUp = async (meddle?: (api: SimKubeApi) => Promise<unknown>) => {
  const api = new SimKubeApi({ clock: new SimClock(), random: new SimRandom(1) });
  const pod = await api.create<Pod>(PODS, { metadata: { ...KEY, labels: { own: 'mine' } } }, signal);
  const memory = newMemory();
  const meddled: KubeApi = {
    ...intercept(api, () => undefined),
    get: async <T extends KubeObject>(...call: Parameters<KubeApi['get']>) => {
      const seen = await api.get<T>(...call);
      await meddle?.(api);
      return seen;
    },
  };
  const inherit = (labels: Readonly<Record<string, string>>, uid = pod.metadata?.uid ?? '') =>
    inheritLabels(
      { api: meddled },
      { situation: situationOf(observation()), memory, signal },
      {
        kind: 'inherit-labels',
        target: { pod: KEY.name, uid },
        inheritance: { labels, ofTemplate: [], reserved: [] },
        why: { reason: 'LabelsInherited', message: '' },
      },
    );
  const state = async () => {
    const now = await api.get<Pod>(PODS, KEY, signal);
    return [now?.metadata?.labels, now?.metadata?.annotations?.[INHERITED_ANNOTATION]];
  };
  return { inherit, state, memory, uid: pod.metadata?.uid ?? '' };
};

describe('the labels of a failover', () => {
  test('are set on a pod and taken again, and those of others stay', async () => {
    const { inherit, state } = await setUp();
    await inherit({ team: 'blue', tier: 'gold' });
    assert.deepEqual(await state(), [{ own: 'mine', team: 'blue', tier: 'gold' }, 'team,tier']);
    await inherit({ team: 'red' });
    assert.deepEqual(await state(), [{ own: 'mine', team: 'red' }, 'team']);
    await inherit({});
    assert.deepEqual(await state(), [{ own: 'mine' }, undefined]);
  });

  test('are written by what the pod has now, and only when that differs', async () => {
    const { inherit, memory, uid } = await setUp();
    assert.equal((await inherit({ team: 'blue' })).kind, 'done');
    assert.equal((await inherit({ team: 'blue' })).kind, 'outdated');
    assert.deepEqual(memory.labelsGiven.get(uid), { asked: fingerprint({ team: 'blue' }), at: AT });
  });

  test('are not given to another pod of that name', async () => {
    const { inherit, state, memory } = await setUp();
    assert.equal((await inherit({ team: 'blue' }, 'an-earlier-one')).kind, 'outdated');
    assert.deepEqual(await state(), [{ own: 'mine' }, undefined]);
    assert.equal(memory.labelsGiven.size, 0);
  });

  test('are not written over what somebody writes at that moment', async () => {
    const { inherit, state, memory } = await setUp((api) =>
      api.mergePatch(PODS, { ...KEY, patch: { metadata: { labels: { team: 'green' } } } }, signal),
    );
    await assert.rejects(inherit({ team: 'blue' }), { code: 'conflict' });
    assert.deepEqual(await state(), [{ own: 'mine', team: 'green' }, undefined]);
    assert.equal(memory.labelsGiven.size, 0);
  });
});
