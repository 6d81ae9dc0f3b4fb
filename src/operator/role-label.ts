/** Which pod is the master, as Kubernetes tells it: the role labels, and the pod that Service `rfrm-NAME` names. */
import { ROLE_LABEL, type RoleLabel } from '../api/names.ts';
import { withAppliedHash } from '../core/objects/applied-hash.ts';
import { masterService } from '../core/objects/services.ts';
import type { PodTarget } from '../core/plan.ts';
import type { Context } from './context.ts';
import { PODS, SERVICES } from './kinds.ts';
import type { Occasion } from './occasion.ts';

export type RoleChange = { readonly target: PodTarget; readonly role: RoleLabel };

/** Rejects with `conflict` when another pod has the name by now: the uid is part of the patch. */
export const labelRole = async (
  { api }: Context,
  { situation, signal }: Occasion,
  { target, role }: RoleChange,
): Promise<void> => {
  const patch = { metadata: { uid: target.uid, labels: { [ROLE_LABEL]: role } } };
  await api.mergePatch(PODS, { namespace: situation.failover.metadata.namespace, name: target.pod, patch }, signal);
};

/** Makes Service `rfrm-NAME` name a pod, before the labels move; the rule `routeMaster` lets it go by the labels again. */
export const pinMaster = async ({ api }: Context, { situation, signal }: Occasion, pod: string): Promise<void> => {
  await api.apply(SERVICES, withAppliedHash(masterService(situation.failover, pod)), signal);
};
