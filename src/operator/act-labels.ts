/** The labels that pods have from their RedisFailover. */
import { INHERITED_ANNOTATION } from '../api/names.ts';
import type { ActionOf } from '../core/plan.ts';
import type { Context } from './context.ts';
import { PODS } from './kinds.ts';
import type { Occasion } from './occasion.ts';

/**
 * Writes the labels and which of them are inherited at once, so that none is ever left without that record. Rejects with
 * `conflict` when another pod has the name by now: the uid is part of the patch.
 */
export const inheritLabels = async (
  { api }: Pick<Context, 'api'>,
  { situation, signal }: Pick<Occasion, 'situation' | 'signal'>,
  { target, labels, removed }: ActionOf<'inherit-labels'>,
): Promise<void> => {
  const keys = Object.keys(labels).sort();
  const patch = {
    metadata: {
      uid: target.uid,
      labels: { ...labels, ...Object.fromEntries(removed.map((key) => [key, null])) },
      annotations: { [INHERITED_ANNOTATION]: keys.length === 0 ? null : keys.join(',') },
    },
  };
  await api.mergePatch(PODS, { namespace: situation.failover.metadata.namespace, name: target.pod, patch }, signal);
};
