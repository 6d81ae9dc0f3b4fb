import { isBlank, isRelated } from '../elect.ts';
import type { Action, Problem, Verdict } from '../plan.ts';
import { type AnsweringRedis, follows, type Situation } from '../situation.ts';
import { redisTarget } from './targets.ts';

/** Makes every Redis that is not the master follow it: new pods, restarted ones, strays, and a second master. */
export const wireReplicas = (situation: Situation): Verdict => {
  const { master, failoverRunning, port } = situation;
  if (master === undefined || failoverRunning) return {};
  const strays = situation.answering.filter(
    (pod) => pod.uid !== master.uid && !pod.deleting && !follows(pod, master, port),
  );
  const [risky, safe] = partition(strays, (pod) => wouldLoseData(pod, master));
  return { actions: safe.map((pod) => wire(pod, master, port)), problems: risky.map((pod) => refusal(pod, master)) };
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

/**
 * An empty master that is not of the same history must not wipe a replica that holds data. Its offset says nothing for long: it
 * grows with what Sentinel publishes. But a replica that kept no history (offset 0) may well be one of this master's.
 */
const wouldLoseData = (pod: AnsweringRedis, master: AnsweringRedis): boolean =>
  (isBlank(master.answer) || (master.answer.keys === 0 && pod.answer.offset > 0)) &&
  pod.answer.keys > 0 &&
  !isRelated(pod.answer, master.answer);

const refusal = (pod: AnsweringRedis, master: AnsweringRedis): Problem => ({
  reason: 'DataAtRisk',
  message: `${pod.name} holds ${pod.answer.keys} keys and was not told to follow ${master.name}, which is empty`,
});

const partition = <T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] => [
  items.filter(test),
  items.filter((item) => !test(item)),
];
