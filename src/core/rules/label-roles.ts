import type { Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';
import { podTarget } from './targets.ts';

/**
 * Moves the role label, which the Services select, to the confirmed master. Demotions come first, so that at no moment
 * two pods are labelled master. Without a confirmed master the labels stay as they are; while a source outside is followed,
 * nobody is.
 */
export const labelRoles = ({ master, source, redis }: Situation): Verdict => {
  if (master === undefined && source === undefined) return {};
  const wanted = (uid: string) => (uid === master?.uid ? 'master' : 'slave');
  const wrong = redis.filter((pod) => pod.roleLabel !== wanted(pod.uid));
  const demotionsFirst = wrong.sort(
    (one, other) => Number(one.uid === master?.uid) - Number(other.uid === master?.uid),
  );
  return {
    actions: demotionsFirst.map((pod) => ({
      kind: 'label',
      target: podTarget(pod),
      role: wanted(pod.uid),
      why: { reason: 'RoleLabelled', message: `${pod.name} is labelled ${wanted(pod.uid)}` },
    })),
  };
};
