import { parseConfigLine } from '../../api/config-lines.ts';
import { isBlank } from '../elect.ts';
import type { Verdict } from '../plan.ts';
import { type AnsweringRedis, ordinalOf, type Situation } from '../situation.ts';
import { redisWanted } from './surge.ts';
import { redisTarget } from './targets.ts';

/** What Redis has when nobody says otherwise. */
const DEFAULT_PRIORITY = 100;

/**
 * Keeps Sentinel from electing, by the replica-priority 0, a replica whose pod a scale-down takes and one that has not yet
 * received the data of its master; gives every other the priority of the spec again. Sentinel reads it with the next INFO.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#replica-selection-and-priority
 */
export const rankReplicas = (situation: Situation): Verdict => {
  return {
    actions: situation.answering.flatMap((pod) => {
      if (pod.answer.loading || (situation.master === undefined && isBlank(pod.answer))) return [];
      const reason = unfit(pod, situation);
      const priority = reason === undefined ? priorityOf(pod, situation) : 0;
      if (!Number.isInteger(priority) || pod.answer.priority === priority) return [];
      const message = `${pod.name} ${reason ?? `has priority ${priority} now`}`;
      return [{ kind: 'rank', target: redisTarget(pod), priority, why: { reason: 'ReplicaRanked', message } } as const];
    }),
  };
};

/**
 * A pod that is there for the time of a roll only comes last: each hand-over to it costs another. Not while it is master,
 * because a master does not tell its priority.
 */
const priorityOf = (pod: AnsweringRedis, situation: Situation): number => {
  const asked = askedPriority(situation);
  const isLast = pod.answer.role === 'replica' && ordinalOf(pod) >= situation.failover.spec.redis.replicas;
  return isLast && asked > 0 ? asked + 1 : asked;
};

const askedPriority = ({ failover }: Situation): number => {
  const lines = failover.spec.redis.customConfig.map(parseConfigLine);
  const line = lines.findLast(({ parameter }) => PRIORITY_NAMES.has(parameter));
  return line === undefined ? DEFAULT_PRIORITY : Number(line.value);
};

/** Why a pod is not to be elected, as the end of a sentence; undefined when it may be. */
const unfit = (pod: AnsweringRedis, situation: Situation): string | undefined => {
  const { master } = situation;
  if (ordinalOf(pod) >= redisWanted(situation)) return 'leaves and is not to be elected';
  const waitsForData =
    pod.uid !== master?.uid && isBlank(pod.answer) && master !== undefined && !isBlank(master.answer);
  return waitsForData ? 'is not to be elected before it has the data of the master' : undefined;
};

const PRIORITY_NAMES = new Set(['replica-priority', 'slave-priority']);
