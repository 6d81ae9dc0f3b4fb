import { outlived } from '../custom-lines.ts';
import type { RedisPod } from '../observation.ts';
import { asksFor, resizeBetween } from '../resize.ts';
import type { Situation } from '../situation.ts';

/** The revision new pods get; undefined while the StatefulSet controller has not seen the latest spec. */
export const currentRevision = ({ children }: Situation): string | undefined => {
  const set = children.statefulSet;
  return set?.metadata?.generation === set?.status?.observedGeneration ? set?.status?.updateRevision : undefined;
};

/**
 * Pods that a roll still has to replace or to resize, those on their way out left aside: of another template, or with a removed
 * line of customConfig that only a new process is without.
 */
export const stalePods = (situation: Situation): readonly RedisPod[] => {
  const revision = currentRevision(situation);
  if (revision === undefined) return [];
  return situation.redis.filter(
    (pod) =>
      !pod.deleting &&
      (pod.revision !== revision || isResizedInVain(situation, pod) || outlived(situation, pod).length > 0),
  );
};

/** Its node has not made a resize, and it is not the one of the template: the spec was reverted meanwhile. */
const isResizedInVain = ({ children }: Situation, { resize: { asked, progress } }: RedisPod): boolean => {
  const template = children.statefulSet?.spec?.template;
  const wanted = template && resizeBetween(template, template);
  return progress.kind !== 'done' && wanted !== undefined && !asksFor(asked, wanted);
};
