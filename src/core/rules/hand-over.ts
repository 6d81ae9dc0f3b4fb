import type { Verdict } from '../plan.ts';
import { type AnsweringRedis, inSync, isAt, ordinalOf, type Situation, type WatchingSentinel } from '../situation.ts';
import { soonest } from './soonest.ts';
import { redisTarget, sentinelTarget } from './targets.ts';

/** A failed hand-over is tried again no sooner than this. */
const HAND_OVER_SPACING_MS = 3_000;
/** Sentinels learn of replicas without telling anybody; they are asked again this often while a hand-over waits for it. */
const LEARNING_MS = 500;

/**
 * From the deletion of a pod, which takes it out of its Services, until kube-proxy takes up another change of them: its
 * default of a second, and a second because the time of the deletion is only known to the second. A hand-over within that
 * would leave the clients of `rfrm-NAME` without a master for the rest of it; until then the old one serves them.
 */
const PROXY_MS = 2_000;
/** A pod with less time than this to end is not kept waiting. */
const ENOUGH_GRACE_MS = 10_000;

/** Hands the master over while its pod is being deleted but its process still serves. */
export const handOverDeletedMaster = (situation: Situation): Verdict => {
  const { master, at } = situation;
  if (master?.deleting !== true) return {};
  const leftMs = (master.deletion?.askedAt ?? 0) + PROXY_MS - at;
  if (hasTime(master) && leftMs > 0)
    return { waitingFor: 'the Services to notice the deletion of the master', recheckMs: leftMs };
  return handOver(situation, 'its pod is being deleted');
};

const hasTime = ({ deletion }: AnsweringRedis): boolean => (deletion?.graceMs ?? 0) >= ENOUGH_GRACE_MS;

/** Hands the master over before a scale-down takes its pod. */
export const handOverForScaleDown = (situation: Situation): Verdict => {
  const { master, failover } = situation;
  if (master === undefined || master.deleting || ordinalOf(master) < failover.spec.redis.replicas) return {};
  return handOver(situation, 'a scale-down takes its pod');
};

/**
 * One planned change of master, if there is a replica to take over and enough Sentinels to agree. Replicas that a
 * scale-down takes are no targets; `rankReplicas` keeps Sentinel from choosing them.
 */
export const handOver = (situation: Situation, because: string): Verdict => {
  const { master, failoverRunning, port, failover } = situation;
  if (master === undefined || failoverRunning) return {};
  const waited = situation.at - (situation.handOverFailedAt ?? 0);
  if (waited < HAND_OVER_SPACING_MS)
    return { waitingFor: 'the next try of the hand-over', recheckMs: HAND_OVER_SPACING_MS };
  const replicas = situation.answering.filter((pod) => !pod.deleting && inSync(pod, master, port));
  const targets = replicas.filter((pod) => ordinalOf(pod) < failover.spec.redis.replicas && pod.answer.priority > 0);
  if (targets.length === 0) return { waitingFor: 'a replica in sync that can take over from the master' };
  const agreeing = situation.watching.filter(({ answer }) => answer.master.ip === master.ip && !answer.tilt);
  if (agreeing.length < situation.quorum) return { waitingFor: 'a majority of Sentinels that agree on the master' };
  const leader = soonest(agreeing.filter((sentinel) => canOnlyChoose(sentinel, targets, port)));
  if (leader === undefined) {
    return { waitingFor: 'a Sentinel that knows the replicas in sync and no others', recheckMs: LEARNING_MS };
  }
  const why = { reason: 'HandedOver', message: `${master.name} hands over, because ${because}` } as const;
  const target = redisTarget(master);
  return {
    actions: [
      {
        kind: 'hand-over',
        target,
        replicas: targets.map(redisTarget),
        leader: sentinelTarget(leader),
        hurried: master.deleting && !hasTime(master),
        why,
      },
    ],
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
