import type { Verdict } from '../plan.ts';
import { type AnsweringRedis, inSync, isAt, ordinalOf, type Situation, type WatchingSentinel } from '../situation.ts';
import { redisWanted } from './surge.ts';
import { redisTarget, sentinelTarget } from './targets.ts';

/** A failed hand-over is tried again no sooner than this. */
const HAND_OVER_SPACING_MS = 3_000;
/** Sentinels learn of replicas without telling anybody; they are asked again this often while a hand-over waits for it. */
const LEARNING_MS = 500;

/** Hands the master over while its pod is being deleted but its process still serves. */
export const handOverDeletedMaster = (situation: Situation): Verdict =>
  situation.master?.deleting === true ? handOver(situation, 'its pod is being deleted') : {};

/** Hands the master over before a scale-down takes its pod. */
export const handOverForScaleDown = (situation: Situation): Verdict => {
  const { master } = situation;
  if (master === undefined || master.deleting || ordinalOf(master) < redisWanted(situation)) return {};
  return handOver(situation, 'a scale-down takes its pod');
};

/**
 * One planned change of master, if there is a replica to take over and enough Sentinels to agree. Replicas that a
 * scale-down takes are no targets; `rankReplicas` keeps Sentinel from choosing them.
 */
export const handOver = (situation: Situation, because: string): Verdict => {
  const { master, failoverRunning, port } = situation;
  if (master === undefined || failoverRunning) return {};
  const waited = situation.at - (situation.handOverFailedAt ?? 0);
  if (waited < HAND_OVER_SPACING_MS)
    return { waitingFor: 'the next try of the hand-over', recheckMs: HAND_OVER_SPACING_MS };
  const replicas = situation.answering.filter((pod) => !pod.deleting && inSync(pod, master, port));
  const targets = replicas.filter((pod) => ordinalOf(pod) < redisWanted(situation) && pod.answer.priority > 0);
  if (targets.length === 0) return { waitingFor: 'a replica in sync that can take over from the master' };
  const agreeing = situation.watching.filter(({ answer }) => answer.master.ip === master.ip && !answer.tilt);
  if (agreeing.length < situation.quorum) return { waitingFor: 'a majority of Sentinels that agree on the master' };
  const leader = agreeing.find((sentinel) => canOnlyChoose(sentinel, targets, port));
  if (leader === undefined) {
    return { waitingFor: 'a Sentinel that knows the replicas in sync and no others', recheckMs: LEARNING_MS };
  }
  const why = { reason: 'HandedOver', message: `${master.name} hands over, because ${because}` } as const;
  const target = redisTarget(master);
  return {
    actions: [{ kind: 'hand-over', target, replicas: targets.map(redisTarget), leader: sentinelTarget(leader), why }],
  };
};

/**
 * Sentinel chooses among the replicas it believes to be up. It must know one that can take over, and none that cannot but
 * that it would choose: gone and not yet seen down, or on its way out. The failover would end in nothing, or in the wrong
 * pod, while writes are paused.
 */
const canOnlyChoose = (sentinel: WatchingSentinel, targets: readonly AnsweringRedis[], port: number): boolean => {
  const isTarget = (one: { readonly ip: string; readonly port: number }): boolean =>
    targets.some((pod) => isAt(pod, { host: one.ip, port: one.port }, port));
  const choices = sentinel.answer.replicas.filter(
    (one) => one.priority > 0 && !one.flags.some((flag) => DOWN_FLAGS.has(flag)),
  );
  return choices.some((one) => one.infoRefreshMs > 0) && choices.every(isTarget);
};

const DOWN_FLAGS = new Set(['s_down', 'o_down', 'disconnected']);
