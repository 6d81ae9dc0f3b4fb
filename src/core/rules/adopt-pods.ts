import { claimTemplateChange } from '../objects/claim-template-change.ts';
import type { Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';
import { podTarget } from './targets.ts';

/** Pods that the new StatefulSet controls are owned by it alone again; see `replace-stateful-set.ts`. */
export const adoptPods = (situation: Situation): Verdict => {
  const { failover, children, redis } = situation;
  const set = children.statefulSet;
  if (set === undefined || set.metadata?.deletionTimestamp !== undefined) return {};
  if (claimTemplateChange(failover, set.spec?.volumeClaimTemplates ?? []) !== undefined) return {};
  const adopted = redis.filter(
    ({ owners }) => owners.controller === set.metadata?.uid && owners.uids.includes(failover.metadata.uid),
  );
  return {
    actions: adopted.map((pod) => ({
      kind: 'own-pod',
      target: podTarget(pod),
      owner: 'removed',
      why: { reason: 'StatefulSetReplaced', message: `${pod.name} belongs to the new StatefulSet` },
    })),
  };
};
