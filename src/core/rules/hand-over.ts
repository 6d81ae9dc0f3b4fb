import type { MasterStatus } from '../../api/types.ts';
import { bestOf } from '../elect.ts';
import { isRecorded } from '../election.ts';
import type { Verdict } from '../plan.ts';
import {
  type AnsweringRedis,
  inSync,
  isAt,
  isLeaving,
  ordinalOf,
  type Situation,
  type WatchingSentinel,
} from '../situation.ts';
import { elect } from './fail-over-alone.ts';
import { hasGhosts } from './forget-ghosts.ts';
import { soonest } from './soonest.ts';
import { redisWanted } from './surge.ts';
import { redisTarget, sentinelTarget } from './targets.ts';

/** A failed hand-over is tried again no sooner than this. */
const HAND_OVER_SPACING_MS = 3_000;
/** Sentinels learn of replicas without telling anybody; they are asked again this often while a hand-over waits for it. */
const LEARNING_MS = 500;

/**
 * From a pod's deletion or readiness, which takes it out of its Services or into them, until kube-proxy takes up another
 * change of them: its default of a second, and a second because such times are only known to the second. A hand-over within
 * that would leave the clients of `rfrm-NAME` without a master for the rest of it; until then the old one serves them.
 */
const PROXY_MS = 2_000;
/** A pod with less time than this to end is not kept waiting. */
const ENOUGH_GRACE_MS = 10_000;

/** Hands the master over while its pod is being deleted, or about to be evicted, but its process still serves. */
export const handOverLeavingMaster = (situation: Situation): Verdict => {
  const { master, at } = situation;
  if (master?.deleting !== true) {
    return master?.disruption === undefined ? {} : handOver(situation, `its pod is to be ended: ${master.disruption}`);
  }
  const leftMs = (master.deletion?.askedAt ?? 0) + PROXY_MS - at;
  if (hasTime(master) && leftMs > 0)
    return { waitingFor: 'the Services to notice the deletion of the master', recheckMs: leftMs };
  return handOver(situation, 'its pod is being deleted');
};

const hasTime = ({ deletion }: AnsweringRedis): boolean => (deletion?.graceMs ?? 0) >= ENOUGH_GRACE_MS;

/** Hands the master over before a scale-down takes its pod. */
export const handOverForScaleDown = (situation: Situation): Verdict => {
  const { master } = situation;
  if (master === undefined || isLeaving(master) || ordinalOf(master) < redisWanted(situation)) return {};
  return handOver(situation, 'a scale-down takes its pod');
};

/** Moves the master off a cordoned node, if a replica on another one can take over, so that a drain finds nothing to do. */
export const handOverFromCordonedNode = (situation: Situation): Verdict => {
  const { master } = situation;
  if (master?.cordoned !== true || isLeaving(master)) return {};
  if (!candidates(situation, master).some(isElsewhere)) return {};
  return handOver(situation, `its node ${master.node} is cordoned`, isElsewhere);
};

const isElsewhere = (pod: AnsweringRedis): boolean => !pod.cordoned;

/**
 * One planned change of master, if there is a replica to take over and enough Sentinels to agree. Replicas that leave are no
 * targets; of the others it waits until Sentinel is sure to choose one that `isWanted`, which `rankReplicas` sees to.
 */
export const handOver = (
  situation: Situation,
  because: string,
  isWanted: (pod: AnsweringRedis) => boolean = () => true,
): Verdict => {
  const { master } = situation;
  if (master === undefined) return {};
  const message = `${master.name} hands over, because ${because}`;
  const verdict = attempt(situation, { master, message, isWanted });
  const waits = verdict.waitingFor === undefined ? '' : `; waiting for ${verdict.waitingFor}`;
  return { ...verdict, progress: { reason: 'HandingOver', message: `${message}${waits}` } };
};

const attempt = (
  situation: Situation,
  wish: {
    readonly master: AnsweringRedis;
    readonly message: string;
    readonly isWanted: (pod: AnsweringRedis) => boolean;
  },
): Verdict => {
  const { master, message, isWanted } = wish;
  if (situation.failoverRunning) return {};
  const waited = situation.at - (situation.handOverFailedAt ?? 0);
  if (waited < HAND_OVER_SPACING_MS)
    return { waitingFor: 'the next try of the hand-over', recheckMs: HAND_OVER_SPACING_MS };
  const hurried = master.deleting && !hasTime(master);
  const changedAt = Math.max(...situation.redis.map(({ readySince = 0 }) => readySince));
  const leftMs = changedAt + PROXY_MS - situation.at;
  if (!hurried && leftMs > 0)
    return { waitingFor: 'the Services to notice a pod that became ready', recheckMs: leftMs };
  const targets = candidates(situation, master);
  if (!targets.some(isWanted)) return { waitingFor: 'a replica in sync that can take over from the master' };
  if (situation.alone) return handOverAlone(situation, { master, message, targets: targets.filter(isWanted) });
  const agreeing = agreeingSentinels(situation, master);
  if (agreeing.length < situation.quorum) return { waitingFor: 'a majority of Sentinels that agree on the master' };
  const sure = agreeing.filter((one) => isSureToChoose(one, { targets, isWanted, port: situation.port }));
  // One that tells a replica that is gone to follow waits for it, and does not tell the others meanwhile.
  const leader = soonest(sure.filter((one) => !hasGhosts(situation, one))) ?? soonest(sure);
  if (leader === undefined) {
    return { waitingFor: 'a Sentinel that knows the replicas in sync and no others', recheckMs: LEARNING_MS };
  }
  const why = { reason: 'HandedOver', message } as const;
  const target = redisTarget(master);
  return {
    actions: [
      {
        kind: 'hand-over',
        target,
        replicas: targets.map(redisTarget),
        leader: sentinelTarget(leader),
        hurried,
        why,
      },
    ],
  };
};

/**
 * Where there are no Sentinels the operator promotes: of the wanted targets the one that Sentinel would choose, or the one it has
 * chosen before.
 */
const handOverAlone = (
  situation: Situation,
  {
    master,
    message,
    targets,
  }: { readonly master: AnsweringRedis; readonly message: string; readonly targets: readonly AnsweringRedis[] },
): Verdict => {
  const { elected, master: last } = situation.failover.status ?? {};
  const target = targets.find(({ name }) => name === elected) ?? preferred(targets, last);
  if (target === undefined) return {};
  if (!isRecorded(situation, target.name)) return elect(target.name);
  const hurried = master.deleting && !hasTime(master);
  const replicas = [redisTarget(target)];
  const why = { reason: 'HandedOver', message } as const;
  return {
    elect: target.name,
    actions: [{ kind: 'hand-over', target: redisTarget(master), replicas, leader: undefined, hurried, why }],
  };
};

/** Of the lowest priority the one with the best data. */
const preferred = (targets: readonly AnsweringRedis[], last: MasterStatus | undefined): AnsweringRedis | undefined => {
  const lowest = Math.min(...targets.map(({ answer }) => answer.priority));
  return bestOf(
    targets.filter(({ answer }) => answer.priority === lowest),
    last,
  );
};

/** The replicas that Sentinel may promote without loss. */
const candidates = (situation: Situation, master: AnsweringRedis): readonly AnsweringRedis[] =>
  situation.answering.filter(
    (pod) =>
      !isLeaving(pod) &&
      inSync(pod, master, situation.port) &&
      ordinalOf(pod) < redisWanted(situation) &&
      pod.answer.priority > 0,
  );

/** The Sentinels that could lead a failover from this master. */
export const agreeingSentinels = (situation: Situation, master: AnsweringRedis): readonly WatchingSentinel[] =>
  situation.watching.filter(({ answer }) => answer.master.ip === master.ip && !answer.tilt);

/**
 * Sentinel chooses among the replicas it believes to be up, one of the lowest priority number. It must know one that can
 * take over, and none that cannot but that it would choose: gone and not yet seen down, or on its way out. The failover
 * would end in nothing, or in the wrong pod, while writes are paused.
 */
const isSureToChoose = (
  sentinel: WatchingSentinel,
  {
    targets,
    isWanted,
    port,
  }: {
    readonly targets: readonly AnsweringRedis[];
    readonly isWanted: (pod: AnsweringRedis) => boolean;
    readonly port: number;
  },
): boolean => {
  const targetAt = (one: { readonly ip: string; readonly port: number }): AnsweringRedis | undefined =>
    targets.find((pod) => isAt(pod, { host: one.ip, port: one.port }, port));
  const choices = sentinel.answer.replicas.filter(
    (one) => one.priority > 0 && !one.flags.some((flag) => DOWN_FLAGS.has(flag)),
  );
  const lowest = Math.min(...choices.map((one) => one.priority));
  const first = choices.filter((one) => one.priority === lowest);
  return (
    choices.every((one) => targetAt(one) !== undefined) &&
    first.some((one) => one.infoRefreshMs > 0) &&
    first.map(targetAt).every((pod) => pod !== undefined && isWanted(pod))
  );
};

const DOWN_FLAGS = new Set(['s_down', 'o_down', 'disconnected']);
