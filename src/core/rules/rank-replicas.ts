import { isBlank, isRelated } from '../elect.ts';
import type { Verdict } from '../plan.ts';
import { type AnsweringRedis, inSync, isUnassigned, ordinalOf, type Situation } from '../situation.ts';
import { askedPriority } from './replica-priority.ts';
import { isHandOverRequested, requestedTarget } from './requested-hand-over.ts';
import { redisWanted } from './surge.ts';
import { redisTarget } from './targets.ts';

/**
 * Keeps Sentinel from electing, by the replica-priority 0, a replica whose pod a scale-down takes, one that has not yet
 * received the data of its master (empty, or with what it had long ago), and all but the one that a request names; makes one
 * on a cordoned node the worse choice. Once it follows in sync it has the priority of the spec again. Without a master nobody
 * can be in sync, so a replica that was not stays out of the election. Sentinel reads the priority with the next INFO; a
 * master has none to be seen.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#replica-selection-and-priority
 */
export const rankReplicas = (situation: Situation): Verdict => {
  const asked = askedPriority(situation);
  const requested = requestedTarget(situation);
  return {
    actions: situation.answering.flatMap((pod) => {
      const { role, loading } = pod.answer;
      if (role === 'master' || loading) return [];
      const { priority, because } = rankOf(pod, situation, { asked, requested });
      if (priority > 0 && !isFit(pod, situation)) return [];
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
  const { failover, master, source } = situation;
  if (source !== undefined) return never('follows a source outside and is not to be elected');
  if (ordinalOf(pod) >= redisWanted(situation)) return never('leaves and is not to be elected');
  if (master !== undefined && !isBlank(master.answer) && hasOldData(pod, master))
    return never('is not to be elected before it has the data of the master');
  if (requested !== undefined && requested.uid !== pod.uid)
    return never(`is not to be elected while ${requested.name} is to take over`);
  const drawback = drawbackOf(pod, failover.spec.redis.replicas);
  if (drawback !== undefined && asked > 0 && asked < HIGHEST)
    return { priority: asked + 1, because: `is elected only if no other can be: ${drawback}` };
  return { priority: asked, because: `has priority ${asked} again` };
};

/** Why another replica is the better choice; each hand-over to a pod that leaves soon costs another. */
const drawbackOf = (pod: AnsweringRedis, replicas: number): string | undefined => {
  if (pod.cordoned) return `its node ${pod.node} is cordoned`;
  return ordinalOf(pod) >= replicas ? 'it is there for the time of a roll' : undefined;
};

/** In sync; or, when the master was lost during a request for another pod, a replica that was in sync before it. */
const isFit = (pod: AnsweringRedis, situation: Situation): boolean => {
  const { master, port } = situation;
  if (master !== undefined) return inSync(pod, master, port);
  return isHandOverRequested(situation) && !isBlank(pod.answer) && !isUnassigned(pod) && !pod.answer.syncing;
};

/**
 * Nothing, what it was started with, or what is being replaced as a whole. Not a replica whose link is merely down: it had
 * everything until then, and must be electable when its master is cut off from all but the operator.
 */
const hasOldData = (pod: AnsweringRedis, master: AnsweringRedis): boolean =>
  isBlank(pod.answer) || isUnassigned(pod) || pod.answer.syncing || !isRelated(pod.answer, master.answer);

/** Of replica-priority, as Redis takes it. */
const HIGHEST = 2 ** 31 - 1;

const never = (because: string): Rank => ({ priority: 0, because });
