/** Makes a failover an owner of a pod, beside its controller, or takes that back. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import { ownerReference } from '../core/objects/metadata.ts';
import type { ActionOf } from '../core/plan.ts';
import type { Context } from './context.ts';
import { PODS } from './kinds.ts';
import { DONE, type Occasion, type Outcome } from './occasion.ts';

/** Reads the pod first, because a list of owners can only be written as a whole. Rejects with `conflict` when it has changed since. */
export const ownPod = async (
  { api }: Pick<Context, 'api'>,
  { situation, signal }: Pick<Occasion, 'situation' | 'signal'>,
  { target, owner }: ActionOf<'own-pod'>,
): Promise<Outcome> => {
  const { failover } = situation;
  const key = { namespace: failover.metadata.namespace, name: target.pod };
  const pod = await api.get<Pod>(PODS, key, signal);
  if (pod?.metadata?.uid !== target.uid) return { kind: 'outdated', because: 'it is another pod by now' };
  const others = (pod.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== failover.metadata.uid);
  const ownerReferences = owner === 'added' ? [...others, ownerReference(failover)] : others;
  const { uid, resourceVersion } = pod.metadata;
  await api.mergePatch(PODS, { ...key, patch: { metadata: { uid, resourceVersion, ownerReferences } } }, signal);
  return DONE;
};
