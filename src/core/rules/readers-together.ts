/** Replicas that a rolling update replaces at the same time: readers only, and only where enough others have the data. */
import { isCaughtUp } from '../lag.ts';
import type { RedisPod } from '../observation.ts';
import { inSync, ordinalOf, type Situation } from '../situation.ts';
import { currentRevision } from './revision.ts';
import { redisWanted } from './surge.ts';

/** Replicas that stay in sync whatever the roll does, so that one more may be lost by accident. */
const KEPT_IN_SYNC = 2;
/** A pod that needs longer, say for much data, is waited for. */
const COMING_UP_MS = 60_000;
/** What the kubelet says of a container of a pod that comes up as it should. */
const COMING_UP = new Set(['Creating', 'ContainerCreating', 'PodInitializing']);

/**
 * The pods that the roll has taken and that are not back, by UID, if it may go on without them; empty where one has to be
 * waited for. The first replica on a new template is always waited for: it shows that the template works.
 */
export const takenByRoll = (situation: Situation): ReadonlySet<string> => {
  const taken = situation.redis.filter((pod) => isTaken(situation, pod)).map(({ uid }) => uid);
  return isProven(situation) && taken.length < readersTogether(situation) ? new Set(taken) : new Set();
};

/** How many replicas may be away for a roll: 1 of up to four Redis, 2 of five, never more than half of the readers. */
export const readersTogether = (situation: Situation): number => {
  const replicas = redisWanted(situation) - 1;
  const required = situation.master?.answer.requiredReplicas?.toWrite ?? 0;
  return Math.max(1, Math.min(replicas - Math.max(KEPT_IN_SYNC, required), Math.floor(replicas / 2)));
};

/** Asked to go, or new and coming up; what takes too long, crashes or cannot start is wrong for another reason. */
const isTaken = (situation: Situation, pod: RedisPod): boolean => {
  const { master, at } = situation;
  if (pod.uid === master?.uid || ordinalOf(pod) >= redisWanted(situation)) return false;
  const isNew = pod.revision === currentRevision(situation);
  if (pod.deletion !== undefined) return !isNew && at < pod.deletion.askedAt + pod.deletion.graceMs;
  return isNew && at < pod.createdAt + COMING_UP_MS && isComingUp(pod) && !isBack(situation, pod);
};

const isComingUp = ({ container, restarts }: RedisPod): boolean =>
  restarts === 0 && (container.kind === 'running' || (container.kind === 'waiting' && COMING_UP.has(container.reason)));

const isProven = (situation: Situation): boolean =>
  situation.redis.some(
    (pod) =>
      pod.uid !== situation.master?.uid &&
      pod.revision === currentRevision(situation) &&
      !pod.deleting &&
      isBack(situation, pod),
  );

const isBack = ({ answering, master, port }: Situation, { uid, ready }: RedisPod): boolean => {
  const pod = answering.find((one) => one.uid === uid);
  return ready && master !== undefined && pod !== undefined && inSync(pod, master, port) && isCaughtUp(pod, master);
};
