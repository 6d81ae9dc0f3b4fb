import type { RedisPod } from '../observation.ts';
import type { Situation } from '../situation.ts';

/** The revision new pods get; undefined while the StatefulSet controller has not seen the latest spec. */
export const currentRevision = ({ children }: Situation): string | undefined => {
  const set = children.statefulSet;
  return set?.metadata?.generation === set?.status?.observedGeneration ? set?.status?.updateRevision : undefined;
};

/** Pods that a roll still has to replace, those on their way out left aside. */
export const stalePods = (situation: Situation): readonly RedisPod[] => {
  const revision = currentRevision(situation);
  if (revision === undefined) return [];
  return situation.redis.filter((pod) => pod.revision !== revision && !pod.deleting);
};
