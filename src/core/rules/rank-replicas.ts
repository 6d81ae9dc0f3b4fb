import { isBlank } from '../elect.ts';
import type { Verdict } from '../plan.ts';
import { type AnsweringRedis, ordinalOf, type Situation } from '../situation.ts';
import { askedPriority } from './replica-priority.ts';
import { requestedTarget } from './requested-hand-over.ts';
import { redisTarget } from './targets.ts';

/**
 * Keeps Sentinel from electing, by the replica-priority 0, a replica whose pod a scale-down takes, one that has not yet
 * received the data of its master, and all but the one that a request names; makes one on a cordoned node the worse choice;
 * gives every other the priority of the spec again. Sentinel reads it with the next INFO. A master has none to be seen.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#replica-selection-and-priority
 */
export const rankReplicas = (situation: Situation): Verdict => {
  const asked = askedPriority(situation);
  const requested = requestedTarget(situation);
  return {
    actions: situation.answering.flatMap((pod) => {
      const { role, loading } = pod.answer;
      if (role === 'master' || loading || (situation.master === undefined && isBlank(pod.answer))) return [];
      const { priority, because } = rankOf(pod, situation, { asked, requested });
      if (!Number.isInteger(priority) || pod.answer.priority === priority) return [];
      const why = { reason: 'ReplicaRanked', message: `${pod.name} ${because}` } as const;
      return [{ kind: 'rank', target: redisTarget(pod), priority, why } as const];
    }),
  };
};

type Rank = { readonly priority: number /** The end of a sentence about the pod. */; readonly because: string };

const rankOf = (
  pod: AnsweringRedis,
  situation: Situation,
  { asked, requested }: { readonly asked: number; readonly requested: AnsweringRedis | undefined },
): Rank => {
  const { failover, master } = situation;
  if (ordinalOf(pod) >= failover.spec.redis.replicas) return never('leaves and is not to be elected');
  if (isBlank(pod.answer) && master !== undefined && !isBlank(master.answer))
    return never('is not to be elected before it has the data of the master');
  if (requested !== undefined && requested.uid !== pod.uid)
    return never(`is not to be elected while ${requested.name} is to take over`);
  if (pod.cordoned && asked > 0 && asked < HIGHEST)
    return { priority: asked + 1, because: `is elected only if no other can be: its node ${pod.node} is cordoned` };
  return { priority: asked, because: `has priority ${asked} again` };
};

/** Of replica-priority, as Redis takes it. */
const HIGHEST = 2 ** 31 - 1;

const never = (because: string): Rank => ({ priority: 0, because });
