import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { SimClock } from '../../sim/clock.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimRandom } from '../../sim/random.ts';
import { observation } from '../core/fixtures.ts';
import { situationOf } from '../core/situation.ts';
import { ownPod } from './act-owners.ts';
import { PODS } from './kinds.ts';

const SET = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'rfr-test', uid: 'set-uid', controller: true };
const KEY = { namespace: 'space', name: 'rfr-test-0' };
const { signal } = new AbortController();

const setUp = async () => {
  const api = new SimKubeApi({ clock: new SimClock(), random: new SimRandom(1) });
  const pod = await api.create<Pod>(PODS, { metadata: { ...KEY, ownerReferences: [SET] } }, signal);
  const own = (owner: 'added' | 'removed', uid = pod.metadata?.uid ?? '') =>
    ownPod(
      { api },
      { situation: situationOf(observation()), signal },
      {
        kind: 'own-pod',
        target: { pod: KEY.name, uid },
        owner,
        why: { reason: 'StatefulSetReplaced', message: '' },
      },
    );
  const owners = async () => (await api.get<Pod>(PODS, KEY, signal))?.metadata?.ownerReferences?.map(({ uid }) => uid);
  return { own, owners };
};

describe('a failover as the owner of a pod', () => {
  test('comes and goes beside the controller, once', async () => {
    const { own, owners } = await setUp();
    await own('added');
    await own('added');
    assert.deepEqual(await owners(), ['set-uid', 'failover-uid']);
    await own('removed');
    assert.deepEqual(await owners(), ['set-uid']);
  });

  test('is not given to another pod of that name', async () => {
    const { own, owners } = await setUp();
    assert.equal((await own('added', 'an-earlier-one')).kind, 'outdated');
    assert.deepEqual(await owners(), ['set-uid']);
  });
});
