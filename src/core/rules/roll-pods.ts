import { hasSourceData } from '../bootstrap.ts';
import { outlived } from '../custom-lines.ts';
import { isCaughtUp } from '../lag.ts';
import type { RedisPod } from '../observation.ts';
import type { Verdict } from '../plan.ts';
import {
  type AnsweringRedis,
  follows,
  inSync,
  isHealthyWatch,
  ordinalOf,
  type Situation,
  watchedBySentinels,
} from '../situation.ts';
import { handOver } from './hand-over.ts';
import { pausedRoll } from './pause-roll.ts';
import { takenByRoll } from './readers-together.ts';
import { isHandOverRequested } from './requested-hand-over.ts';
import { resizePod } from './resize-pod.ts';
import { stalePods } from './revision.ts';
import { hasNoRoom, redisWanted } from './surge.ts';
import { podTarget } from './targets.ts';

/** Nothing tells of a replica that catches up; it is looked for this often. */
const CATCHING_UP_MS = 1_000;

/**
 * Replaces pods that are not on the current template, or resizes them where that is enough: one at a time, or a few replicas
 * where many are left, replicas before the master, and only while everything else is healthy and the user does not hold it.
 * A pod that does not work is replaced whatever else is wrong, so that every spec can be reverted. While a source outside is
 * followed there is no master: always one at a time, and only while all have the data of the source.
 */
export const rollPods = (situation: Situation): Verdict => {
  const allStale = stalePods(situation);
  const broken = allStale.find((pod) => isBroken(pod, situation.at) && losesNothing(situation, pod));
  if (broken !== undefined) return replace(broken, 'it does not work and is not on the current template');
  const stale = allStale.filter((pod) => ordinalOf(pod) < redisWanted(situation));
  if (stale.length === 0 || pausedRoll(situation) !== undefined) return {};
  const useless = stale.find((pod) => isUseless(situation, pod));
  if (useless !== undefined) {
    const because = 'it is not ready and not on the current template';
    return notYet(situation, new Set([useless.uid])) ?? replace(useless, because);
  }
  const replicas = stale.filter((pod) => pod.uid !== situation.master?.uid);
  const next = [...replicas].sort((one, other) => ordinalOf(other) - ordinalOf(one))[0] ?? stale[0];
  if (next === undefined) return {};
  const together = replicas.length > 0 && situation.source === undefined;
  const wait = notYet(situation, together ? takenByRoll(situation) : new Set([next.uid]));
  if (wait !== undefined) return wait;
  const inPlace = resizePod(situation, next);
  if (inPlace !== undefined) return inPlace;
  return next.uid === situation.master?.uid && situation.redis.length > 1
    ? handOver(situation, `the master is the last pod to be replaced: ${reasonFor(situation, next)}`)
    : replace(next, reasonFor(situation, next));
};

const reasonFor = (situation: Situation, pod: RedisPod): string => {
  const settings = outlived(situation, pod);
  const change =
    settings.length === 0
      ? 'the template changed'
      : `customConfig no longer has ${settings.join(', ')}, which only a new process is without`;
  return hasNoRoom(situation) ? `${change}; no node has room for an extra pod meanwhile` : change;
};

/** What to wait for before a pod is taken away, those aside that are `taken` already or next; undefined when that may be now. */
const notYet = (situation: Situation, taken: ReadonlySet<string>): Verdict | undefined => {
  const obstacle = firstObstacle(situation, taken);
  if (obstacle !== undefined) return { waitingFor: `${obstacle} before the next pod is replaced` };
  const lagging = situation.answering.find(
    (pod) => situation.master && !taken.has(pod.uid) && !isCaughtUp(pod, situation.master),
  );
  return (
    lagging && {
      waitingFor: `${lagging.name} to catch up with the master before the next pod is replaced`,
      recheckMs: CATCHING_UP_MS,
    }
  );
};

/** What is not healthy apart from the template. */
const firstObstacle = (situation: Situation, taken: ReadonlySet<string>): string | undefined => {
  const { failoverRunning, failover, children } = situation;
  const watched = watchedBySentinels(situation);
  if (watched === undefined) return 'a master';
  if (failoverRunning) return 'the running failover to end';
  if (isHandOverRequested(situation)) return 'the requested hand-over';
  const wanted = redisWanted(situation);
  const redis = situation.redis.filter((pod) => !taken.has(pod.uid));
  if (situation.redis.length !== wanted) return `${wanted} Redis pods to exist`;
  const unwell = redis.find((pod) => pod.deleting || !pod.ready || pod.answer.kind !== 'answer');
  if (unwell !== undefined) return `${unwell.name} to be ready`;
  const behind = situation.answering.find((pod) => !taken.has(pod.uid) && !hasAllData(pod, situation));
  if (behind !== undefined) return `${behind.name} to be in sync`;
  const rolling = children.deployment?.status;
  if ((rolling?.updatedReplicas ?? 0) !== failover.spec.sentinel.replicas || (rolling?.unavailableReplicas ?? 0) > 0) {
    return 'the Sentinels to be ready';
  }
  const agreeing = situation.watching.filter((sentinel) => isHealthyWatch(sentinel, watched.host));
  return agreeing.length < failover.spec.sentinel.replicas ? `all Sentinels to agree on ${watched.name}` : undefined;
};

const hasAllData = (pod: AnsweringRedis, { master, source, port }: Situation): boolean => {
  if (source !== undefined) return hasSourceData(pod, source);
  return master !== undefined && (pod.uid === master.uid || inSync(pod, master, port));
};

const isBroken = (pod: RedisPod, at: number): boolean =>
  !pod.ready && pod.answer.kind === 'unreachable' && (pod.container.kind !== 'running' || isIdle(pod, at));

/** How long a container has to begin to listen. */
const BEGIN_MS = 10_000;

/** The container runs, and no Redis in it. */
const isIdle = ({ container, answer }: RedisPod, at: number): boolean =>
  container.kind === 'running' &&
  answer.kind === 'unreachable' &&
  answer.why === 'refused' &&
  at - container.startedAt >= BEGIN_MS;

/** A replica that serves nobody: a probe fails, or it cannot read what the master sends. It follows, so it holds nothing alone. */
const isUseless = ({ answering, master, port }: Situation, { uid, ready }: RedisPod): boolean => {
  const pod = answering.find((one) => one.uid === uid);
  return !ready && master !== undefined && pod !== undefined && follows(pod, master, port);
};

/** Deleting the pod cannot destroy the only copy: its data is on a volume, it never ran Redis, or another pod has data. */
const losesNothing = (situation: Situation, pod: RedisPod): boolean =>
  situation.failover.spec.redis.storage.persistentVolumeClaim !== undefined ||
  pod.restarts === 0 ||
  situation.answering.some((other) => other.answer.keys > 0);

const replace = (pod: RedisPod, because: string): Verdict => ({
  actions: [
    {
      kind: 'delete-pod',
      target: podTarget(pod),
      why: { reason: 'PodReplaced', message: `${pod.name} is replaced: ${because}` },
    },
  ],
});
