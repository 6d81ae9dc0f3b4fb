import { heldBack } from '../keeping.ts';
import { isHeld } from '../nowhere.ts';
import type { Action, Problem, Verdict } from '../plan.ts';
import { type AnsweringRedis, follows, type Situation } from '../situation.ts';
import { wouldLoseData } from './data-at-risk.ts';
import { redisTarget } from './targets.ts';

/**
 * Makes every Redis that is not the master, and not held back, follow it: new pods, restarted ones, strays, and a second
 * master. While a failover runs that is for Sentinel to do, except for one that was held.
 */
export const wireReplicas = (situation: Situation): Verdict => {
  const { master, failoverRunning, port } = situation;
  if (master === undefined) return {};
  const strays = situation.answering.filter(
    (pod) =>
      pod.uid !== master.uid && !pod.deleting && !follows(pod, master, port) && (!failoverRunning || isHeld(pod)),
  );
  const held = new Set(heldBack(situation));
  const [risky, safe] = partition(strays, (pod) => wouldLoseData(pod, master));
  return {
    actions: safe.filter((pod) => !held.has(pod)).map((pod) => wire(pod, master, port)),
    problems: risky.map((pod) => refusal(pod, master)),
  };
};

const wire = (pod: AnsweringRedis, master: AnsweringRedis, port: number): Action => {
  const base = { target: redisTarget(pod), master: { host: master.ip, port } };
  return pod.answer.role === 'master'
    ? {
        ...base,
        kind: 'demote',
        why: { reason: 'MasterDemoted', message: `${pod.name} was a second master and follows ${master.name} now` },
      }
    : {
        ...base,
        kind: 'replicate',
        why: { reason: 'ReplicaConnected', message: `${pod.name} follows ${master.name}` },
      };
};

const refusal = (pod: AnsweringRedis, master: AnsweringRedis): Problem => ({
  reason: 'DataAtRisk',
  message: `${pod.name} holds ${pod.answer.keys} keys and was not told to follow ${master.name}, which is empty`,
});

const partition = <T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] => [
  items.filter(test),
  items.filter((item) => !test(item)),
];
