import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { SimClock } from '../../sim/clock.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimRandom } from '../../sim/random.ts';
import { INHERITED_ANNOTATION } from '../api/names.ts';
import { observation } from '../core/fixtures.ts';
import { situationOf } from '../core/situation.ts';
import { inheritLabels } from './act-labels.ts';
import { PODS } from './kinds.ts';
import { podFacts } from './pod-facts.ts';

const KEY = { namespace: 'space', name: 'rfr-test-0' };
const OTHERS = { 'redisfailovers-role': 'master' };
const { signal } = new AbortController();

const setUp = async () => {
  const api = new SimKubeApi({ clock: new SimClock(), random: new SimRandom(1) });
  const pod = await api.create<Pod>(PODS, { metadata: { ...KEY, labels: OTHERS } }, signal);
  const inherit = (
    labels: Readonly<Record<string, string>>,
    {
      removed = [],
      uid = pod.metadata?.uid ?? '',
    }: { readonly removed?: readonly string[]; readonly uid?: string } = {},
  ) =>
    inheritLabels(
      { api },
      { situation: situationOf(observation()), signal },
      {
        kind: 'inherit-labels',
        target: { pod: KEY.name, uid },
        labels,
        removed,
        why: { reason: 'PodLabelled', message: '' },
      },
    );
  const metadata = async () => (await api.get<Pod>(PODS, KEY, signal))?.metadata;
  const inherited = async () => {
    const now = (await api.get<Pod>(PODS, KEY, signal)) ?? {};
    return podFacts(now, { container: 'redis', isCordoned: () => false }).inherited;
  };
  return { inherit, metadata, inherited };
};

describe('the labels that a pod has from its RedisFailover', () => {
  test('come with a record of their keys, beside the others', async () => {
    const { inherit, metadata, inherited } = await setUp();
    await inherit({ team: 'blue', 'example.com/cost': '7' });
    assert.deepEqual((await metadata())?.labels, { ...OTHERS, team: 'blue', 'example.com/cost': '7' });
    assert.deepEqual(await inherited(), ['example.com/cost', 'team']);
  });

  test('go, and the record with the last of them', async () => {
    const { inherit, metadata, inherited } = await setUp();
    await inherit({ team: 'blue', tier: 'gold' });
    await inherit({ tier: 'gold' }, { removed: ['team'] });
    assert.deepEqual(await inherited(), ['tier']);
    await inherit({}, { removed: ['tier'] });
    assert.deepEqual((await metadata())?.labels, OTHERS);
    assert.equal((await metadata())?.annotations?.[INHERITED_ANNOTATION], undefined);
    assert.deepEqual(await inherited(), []);
  });

  test('are not given to another pod of that name', async () => {
    const { inherit, metadata } = await setUp();
    await assert.rejects(inherit({ team: 'blue' }, { uid: 'an-earlier-one' }), { code: 'conflict' });
    assert.deepEqual((await metadata())?.labels, OTHERS);
  });
});
