/** Moves the role label of a pod, which the Services select by. */
import { ROLE_LABEL, type RoleLabel } from '../api/names.ts';
import type { PodTarget } from '../core/plan.ts';
import type { Context } from './context.ts';
import { PODS } from './kinds.ts';
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
