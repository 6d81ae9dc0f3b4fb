import type { Verdict } from '../plan.ts';
import {
  inSync,
  isAt,
  isHealthyWatch,
  ownerOf,
  type Situation,
  sentinelEndpoint,
  type WatchingSentinel,
} from '../situation.ts';
import { stalePods } from './revision.ts';
import { redisWanted } from './surge.ts';
import { sentinelTarget } from './targets.ts';

/**
 * Lets Sentinel forget Redis pods and Sentinels that no longer exist: they count in its majorities and it never forgets by
 * itself. One Sentinel at a time, by REMOVE and MONITOR, only while everything else is complete: the others know every
 * live instance, the master is up, and nothing is being replaced.
 */
export const forgetGhosts = (situation: Situation): Verdict => {
  const { master, quorum, port } = situation;
  const haunted = situation.watching.filter((sentinel) => hasGhosts(situation, sentinel));
  if (haunted.length === 0 || master === undefined) return {};
  const waitingFor = 'everything else to be complete before Sentinels forget instances that are gone';
  if (!settled(situation)) return { waitingFor, recheckMs: 2_000 };
  const [sentinel] = haunted;
  if (sentinel === undefined) return {};
  const others = situation.watching.filter((one) => one.uid !== sentinel.uid);
  if (!others.every((other) => isComplete(situation, other))) return { waitingFor, recheckMs: 2_000 };
  return {
    actions: [
      {
        kind: 'monitor',
        target: sentinelTarget(sentinel),
        master: { host: master.ip, port },
        quorum,
        why: { reason: 'SentinelCleaned', message: `${sentinel.name} forgets instances that no longer exist` },
      },
    ],
    recheckMs: 2_000,
  };
};

/** Whether a Sentinel counts a Redis or a Sentinel that is no pod of this failover. */
export const hasGhosts = (situation: Situation, sentinel: WatchingSentinel): boolean =>
  sentinel.answer.replicas.some(
    (replica) => ownerOf(situation, { host: replica.ip, port: replica.port }) === undefined,
  ) || sentinel.answer.peers.some((peer) => !situation.sentinels.some((pod) => sentinelEndpoint(pod, peer)));

/** Whether a Sentinel knows every live replica and every live peer. */
export const isComplete = (situation: Situation, sentinel: WatchingSentinel): boolean => {
  const { master, port } = situation;
  const replicas = situation.answering.filter((pod) => pod.uid !== master?.uid && !pod.deleting);
  const peers = situation.answeringSentinels.filter((pod) => pod.uid !== sentinel.uid && !pod.deleting);
  return (
    replicas.every((pod) =>
      sentinel.answer.replicas.some((one) => isAt(pod, { host: one.ip, port: one.port }, port)),
    ) && peers.every((pod) => sentinel.answer.peers.some((peer) => sentinelEndpoint(pod, peer)))
  );
};

/** Whether nothing is being replaced or elected, and everybody answers and agrees. */
export const settled = (situation: Situation): boolean => {
  const { master, failoverRunning, port } = situation;
  return (
    master !== undefined &&
    !failoverRunning &&
    situation.redis.length === redisWanted(situation) &&
    stalePods(situation).every((pod) => pod.uid === master.uid) &&
    situation.redis.every((pod) => !pod.deleting && pod.answer.kind === 'answer') &&
    situation.sentinels.every((pod) => !pod.deleting && pod.answer.kind === 'answer') &&
    situation.watching.every((sentinel) => isHealthyWatch(sentinel, master.ip)) &&
    situation.answering.every((pod) => pod.uid === master.uid || inSync(pod, master, port))
  );
};
