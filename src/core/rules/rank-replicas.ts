import { parseConfigLine } from '../../api/config-lines.ts';
import { isBlank, isRelated } from '../elect.ts';
import type { Verdict } from '../plan.ts';
import { type AnsweringRedis, inSync, isUnassigned, ordinalOf, type Situation } from '../situation.ts';
import { redisTarget } from './targets.ts';

/** What Redis has when nobody says otherwise. */
const DEFAULT_PRIORITY = 100;

/**
 * Keeps Sentinel from electing, by the replica-priority 0, a replica whose pod a scale-down takes and one that has not yet
 * received the data of its master: empty, or with what it had long ago. Once it follows in sync it has the priority of the
 * spec again. Without a master nobody can be in sync, so a replica that was not stays out of the election.
 * Sentinel reads the priority with the next INFO.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#replica-selection-and-priority
 */
export const rankReplicas = (situation: Situation): Verdict => {
  const asked = askedPriority(situation);
  return {
    actions: situation.answering.flatMap((pod) => {
      if (pod.answer.loading) return [];
      const reason = unfit(pod, situation);
      if (reason === undefined && !isFit(pod, situation)) return [];
      const priority = reason === undefined ? asked : 0;
      if (!Number.isInteger(priority) || pod.answer.priority === priority) return [];
      const message = `${pod.name} ${reason ?? `has priority ${priority} again`}`;
      return [{ kind: 'rank', target: redisTarget(pod), priority, why: { reason: 'ReplicaRanked', message } } as const];
    }),
  };
};

const askedPriority = ({ failover }: Situation): number => {
  const lines = failover.spec.redis.customConfig.map(parseConfigLine);
  const line = lines.findLast(({ parameter }) => PRIORITY_NAMES.has(parameter));
  return line === undefined ? DEFAULT_PRIORITY : Number(line.value);
};

/** Why a pod is not to be elected, as the end of a sentence; undefined when it may be. */
const unfit = (pod: AnsweringRedis, { failover, master }: Situation): string | undefined => {
  if (ordinalOf(pod) >= failover.spec.redis.replicas) return 'leaves and is not to be elected';
  const waits = pod.uid !== master?.uid && master !== undefined && !isBlank(master.answer) && hasOldData(pod, master);
  return waits ? 'is not to be elected before it has the data of the master' : undefined;
};

const isFit = (pod: AnsweringRedis, { master, port }: Situation): boolean =>
  master !== undefined && (pod.uid === master.uid || inSync(pod, master, port));

/**
 * Nothing, what it was started with, or what is being replaced as a whole. Not a replica whose link is merely down: it had
 * everything until then, and must be electable when its master is cut off from all but the operator.
 */
const hasOldData = (pod: AnsweringRedis, master: AnsweringRedis): boolean =>
  isBlank(pod.answer) || isUnassigned(pod) || pod.answer.syncing || !isRelated(pod.answer, master.answer);

const PRIORITY_NAMES = new Set(['replica-priority', 'slave-priority']);
