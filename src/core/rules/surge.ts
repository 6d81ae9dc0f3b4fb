/**
 * One Redis more for the time of a roll that would otherwise leave a single copy of the data, or none. Where no node has room
 * for it, a roll of two goes on without: the other one has the data meanwhile.
 */
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import { SURGE_ANNOTATION } from '../../api/names.ts';
import { isCaughtUp } from '../lag.ts';
import type { Surge } from '../objects/stateful-set.ts';
import { inSync, ordinalOf, type Situation } from '../situation.ts';
import { isPaused } from './pause-roll.ts';
import { isResizable } from './resize-pod.ts';
import { currentRevision, stalePods } from './revision.ts';

/** From this many Redis on, a roll leaves two copies at any time. */
const ENOUGH_REPLICAS = 3;
/** Where nodes are added on demand, one is there within this time. */
const ROOM_MS = 120_000;

const NO_ROOM: Surge = 'no-room';

/**
 * How many Redis pods belong to the failover now; those of higher ordinals leave. That is what the spec asks for, and one
 * more from the moment a roll that needs it begins until every pod that stays is on the current template and has the data.
 */
export const redisWanted = (situation: Situation): number =>
  situation.failover.spec.redis.replicas + (surges(situation) ? 1 : 0);

/**
 * What the StatefulSet is to say when it is asked for so many replicas. It has one for the roll among them also while that one
 * is still master. Undefined without a roll that needs one.
 */
export const surgeFor = (situation: Situation, redisReplicas: number): Surge | undefined => {
  if (hasNoRoom(situation)) return NO_ROOM;
  const isOneMore = redisReplicas > situation.failover.spec.redis.replicas;
  return isOneMore && (surges(situation) || hasSurge(situation)) ? 'true' : undefined;
};

/** Whether the roll that is under way goes on without the extra pod, because there is no room for it. */
export const hasNoRoom = (situation: Situation): boolean => {
  const { failover, redis, at } = situation;
  const { replicas } = failover.spec.redis;
  if (replicas === 1 || replicas >= ENOUGH_REPLICAS) return false;
  if (annotationOf(situation) === NO_ROOM) {
    return currentRevision(situation) === undefined || stalePods(situation).length > 0;
  }
  const extra = redis.find((pod) => ordinalOf(pod) === replicas);
  const isUnplaced = extra?.container.kind === 'waiting' && extra.container.reason === 'Unschedulable';
  return hasSurge(situation) && isUnplaced && at - extra.createdAt >= ROOM_MS;
};

const surges = (situation: Situation): boolean => {
  const { failover, children, master } = situation;
  const { replicas } = failover.spec.redis;
  if (replicas >= ENOUGH_REPLICAS || children.statefulSet === undefined || keepsData(children.statefulSet))
    return false;
  if (hasNoRoom(situation)) return false;
  if (hasSurge(situation)) return !isComplete(situation);
  const takesAway = stalePods(situation).some(
    (pod) => ordinalOf(pod) < replicas && isResizable(situation, pod) === false,
  );
  return takesAway && master !== undefined && !isPaused(situation);
};

/** A pod that is replaced finds its volume again. */
const keepsData = ({ spec }: StatefulSet): boolean => (spec?.volumeClaimTemplates ?? []).length > 0;

/** By the annotation and not by the number: a user may scale down during a roll. */
const hasSurge = (situation: Situation): boolean =>
  annotationOf(situation) !== undefined &&
  (situation.children.statefulSet?.spec?.replicas ?? 0) > situation.failover.spec.redis.replicas;

const annotationOf = ({ children }: Situation): string | undefined =>
  children.statefulSet?.metadata?.annotations?.[SURGE_ANNOTATION];

/** Every pod that stays is on the current template, serves, and has the data. */
const isComplete = (situation: Situation): boolean => {
  const { master, answering, failover, port } = situation;
  if (master === undefined || currentRevision(situation) === undefined) return false;
  const stale = new Set(stalePods(situation).map(({ uid }) => uid));
  const complete = answering.filter(
    (pod) =>
      ordinalOf(pod) < failover.spec.redis.replicas &&
      !stale.has(pod.uid) &&
      pod.ready &&
      !pod.deleting &&
      (pod.uid === master.uid || (inSync(pod, master, port) && isCaughtUp(pod, master))),
  );
  return complete.length === failover.spec.redis.replicas;
};
