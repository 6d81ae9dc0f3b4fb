/** Gives a pod the labels of its failover. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import { INHERITED_ANNOTATION } from '../api/names.ts';
import { fingerprint } from '../core/objects/applied-hash.ts';
import type { ActionOf } from '../core/plan.ts';
import { labelChange } from '../core/pod-labels.ts';
import type { Context } from './context.ts';
import { PODS } from './kinds.ts';
import { DONE, type Occasion, type Outcome } from './occasion.ts';
import { labelFacts } from './pod-facts.ts';

type Inheriting = Pick<Occasion, 'situation' | 'signal'> & { readonly memory: Pick<Occasion['memory'], 'labelsGiven'> };

/**
 * Reads the pod first: by a pod that is out of date a key could be forgotten that was just given to it. Labels and the memory
 * of them are one write. Rejects with `conflict` when the pod has changed since.
 */
export const inheritLabels = async (
  { api }: Pick<Context, 'api'>,
  { situation, memory, signal }: Inheriting,
  { target, inheritance }: ActionOf<'inherit-labels'>,
): Promise<Outcome> => {
  const key = { namespace: situation.failover.metadata.namespace, name: target.pod };
  const pod = await api.get<Pod>(PODS, key, signal);
  if (pod?.metadata?.uid !== target.uid) return { kind: 'outdated', because: 'it is another pod by now' };
  const change = labelChange(labelFacts(pod), inheritance);
  if (change !== undefined) {
    const { uid, resourceVersion } = pod.metadata;
    const annotations = { [INHERITED_ANNOTATION]: change.inherited.join() || null };
    const patch = { metadata: { uid, resourceVersion, labels: change.labels, annotations } };
    await api.mergePatch(PODS, { ...key, patch }, signal);
  }
  memory.labelsGiven.set(target.uid, { asked: fingerprint(inheritance.labels), at: situation.at });
  return change === undefined ? { kind: 'outdated', because: 'it has them by now' } : DONE;
};
