/** One Redis more for the time of a roll that would otherwise leave a single copy of the data, or none. */
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import { SURGE_ANNOTATION } from '../../api/names.ts';
import { isCaughtUp } from '../lag.ts';
import { inSync, ordinalOf, type Situation } from '../situation.ts';
import { isPaused } from './pause-roll.ts';
import { isResizable } from './resize-pod.ts';
import { currentRevision, stalePods } from './revision.ts';

/** From this many Redis on, a roll leaves two copies at any time. */
const ENOUGH_REPLICAS = 3;

/**
 * How many Redis pods belong to the failover now; those of higher ordinals leave. That is what the spec asks for, and one
 * more from the moment a roll that needs it begins until every pod that stays is on the current template and has the data.
 */
export const redisWanted = (situation: Situation): number =>
  situation.failover.spec.redis.replicas + (surges(situation) ? 1 : 0);

/** Whether the StatefulSet, asked for so many replicas, has one for the roll among them: also while that one is still master. */
export const isSurge = (situation: Situation, redisReplicas: number): boolean =>
  redisReplicas > situation.failover.spec.redis.replicas && (surges(situation) || hasSurge(situation));

const surges = (situation: Situation): boolean => {
  const { failover, children, master } = situation;
  const { replicas } = failover.spec.redis;
  if (replicas >= ENOUGH_REPLICAS || children.statefulSet === undefined || keepsData(children.statefulSet))
    return false;
  if (hasSurge(situation)) return !isComplete(situation);
  const takesAway = stalePods(situation).some(
    (pod) => ordinalOf(pod) < replicas && isResizable(situation, pod) === false,
  );
  return takesAway && master !== undefined && !isPaused(situation);
};

/** A pod that is replaced finds its volume again. */
const keepsData = ({ spec }: StatefulSet): boolean => (spec?.volumeClaimTemplates ?? []).length > 0;

/** By the annotation and not by the number: a user may scale down during a roll. */
const hasSurge = ({ children, failover }: Situation): boolean =>
  children.statefulSet?.metadata?.annotations?.[SURGE_ANNOTATION] !== undefined &&
  (children.statefulSet.spec?.replicas ?? 0) > failover.spec.redis.replicas;

/** Every pod that stays is on the current template, serves, and has the data. */
const isComplete = (situation: Situation): boolean => {
  const { master, answering, failover, port } = situation;
  const revision = currentRevision(situation);
  if (master === undefined || revision === undefined) return false;
  const complete = answering.filter(
    (pod) =>
      ordinalOf(pod) < failover.spec.redis.replicas &&
      pod.revision === revision &&
      pod.ready &&
      !pod.deleting &&
      (pod.uid === master.uid || (inSync(pod, master, port) && isCaughtUp(pod, master))),
  );
  return complete.length === failover.spec.redis.replicas;
};
