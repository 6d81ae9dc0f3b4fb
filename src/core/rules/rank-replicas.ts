import { parseConfigLine } from '../../api/config-lines.ts';
import type { Verdict } from '../plan.ts';
import { ordinalOf, type Situation } from '../situation.ts';
import { redisTarget } from './targets.ts';

/** What Redis has when nobody says otherwise. */
const DEFAULT_PRIORITY = 100;

/**
 * Keeps Sentinel from electing a replica whose pod a scale-down takes, by the replica-priority 0, and gives every other the
 * priority of the spec again. Sentinel reads it within its ten seconds.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#replica-selection-and-priority
 */
export const rankReplicas = (situation: Situation): Verdict => {
  const { redis } = situation.failover.spec;
  const line = redis.customConfig.map(parseConfigLine).findLast(({ parameter }) => PRIORITY_NAMES.has(parameter));
  const asked = line === undefined ? DEFAULT_PRIORITY : Number(line.value);
  return {
    actions: situation.answering.flatMap((pod) => {
      const leaves = ordinalOf(pod) >= redis.replicas;
      const priority = leaves ? 0 : asked;
      if (!Number.isInteger(priority) || pod.answer.priority === priority || pod.answer.loading) return [];
      const message = leaves
        ? `${pod.name} leaves and is not to be elected`
        : `${pod.name} has priority ${priority} again`;
      return [{ kind: 'rank', target: redisTarget(pod), priority, why: { reason: 'ReplicaRanked', message } } as const];
    }),
  };
};

const PRIORITY_NAMES = new Set(['replica-priority', 'slave-priority']);
