import { bestOf, isBlank, isStale } from '../elect.ts';
import { isRecorded } from '../election.ts';
import type { Problem, Verdict } from '../plan.ts';
import { type AnsweringRedis, type Situation, sentinelsCanElect } from '../situation.ts';
import { elect, isAwaited } from './fail-over-alone.ts';
import { lostAt } from './lost-at.ts';
import { redisTarget } from './targets.ts';

/** How long after the master was lost a recovery waits for pods that may hold better data before it decides without them. */
export const PATIENCE_MS = 30_000;

/**
 * Makes a master when there is none and Sentinel cannot elect one: on first boot, and after every pod or every Sentinel
 * was lost. The best data wins, so it waits until all pods have loaded theirs; where no data can exist it does not wait.
 */
export const promoteBest = (situation: Situation): Verdict => {
  const { masters, failoverRunning, answering, failover } = situation;
  if (masters.length > 0 || failoverRunning || sentinelsCanElect(situation) || isAwaited(situation)) return {};
  const candidates = answering.filter((pod) => !pod.deleting && !pod.answer.loading);
  const best = bestOf(candidates, failover.status?.master);
  if (best === undefined) return { waitingFor: 'a Redis pod to answer' };
  if (nothingToLose(situation)) return promote(situation, best, 'first master of a new failover');
  const missing = missingPods(situation, candidates);
  if (missing.length === 0) return promote(situation, best, 'it has the best data of all pods');
  const waited = situation.at - lostAt(situation);
  const obstacle = obstacleTo(best, failover);
  if (waited < PATIENCE_MS || obstacle !== undefined) {
    return {
      waitingFor: `${missing.join(', ')} to answer, which may hold newer data than ${best.name}`,
      recheckMs: Math.max(PATIENCE_MS - waited, 1000),
      ...(waited >= PATIENCE_MS && obstacle !== undefined && { problems: [atRisk(best, { missing, obstacle })] }),
    };
  }
  return promote(
    situation,
    best,
    `it has the best data of the pods that answer; ${missing.join(', ')} did not come back in time`,
  );
};

/** Why a candidate is not promoted while better data may come back, however long that takes. */
const obstacleTo = (best: AnsweringRedis, { spec, status }: Situation['failover']): string | undefined => {
  if (isBlank(best.answer)) return 'it is empty';
  if (isStale(best, status?.master)) return 'its data is not of the last master';
  return spec.redis.dataSafety === 'Consistency' ? 'spec.redis.dataSafety is Consistency' : undefined;
};

const atRisk = (
  { name }: AnsweringRedis,
  { missing, obstacle }: { readonly missing: readonly string[]; readonly obstacle: string },
): Problem => ({
  reason: 'DataAtRisk',
  message: `${name} is not made master without ${missing.join(', ')}, which may hold newer data: ${obstacle}. To go on with what it has: REPLICAOF NO ONE on it`,
});

const promote = (situation: Situation, pod: AnsweringRedis, because: string): Verdict => {
  if (!isRecorded(situation, pod.name)) return elect(pod.name);
  return {
    elect: pod.name,
    actions: [
      {
        kind: 'promote',
        target: redisTarget(pod),
        why: { reason: 'MasterPromoted', message: `${pod.name} becomes master: ${because}` },
      },
    ],
  };
};

/**
 * True when neither a pod that is missing nor one that answers can hold anything: no master ever, which Sentinels would watch,
 * nothing to load, all volumes new.
 */
const nothingToLose = (situation: Situation): boolean =>
  situation.failover.status?.master === undefined &&
  situation.watching.length === 0 &&
  situation.answering.every((pod) => !pod.answer.loading && isBlank(pod.answer)) &&
  situation.children.claims.every((claim) => createdAt(claim.metadata) >= createdAt(situation.failover.metadata));

const missingPods = (situation: Situation, candidates: readonly AnsweringRedis[]): readonly string[] => {
  const there = new Set(candidates.map((pod) => pod.name));
  const wanted = situation.children.statefulSet?.spec?.replicas ?? situation.failover.spec.redis.replicas;
  return Array.from({ length: wanted }, (_, ordinal) => `rfr-${situation.failover.metadata.name}-${ordinal}`).filter(
    (name) => !there.has(name) && mayHoldData(situation, name),
  );
};

/** A pod on a volume may always; one on an emptyDir only if its container has run. */
const mayHoldData = ({ failover, redis }: Situation, name: string): boolean => {
  if (failover.spec.redis.storage.persistentVolumeClaim !== undefined) return true;
  const pod = redis.find((one) => one.name === name);
  return pod !== undefined && (pod.container.kind !== 'waiting' || pod.restarts > 0);
};

const createdAt = (metadata: { readonly creationTimestamp?: string } | undefined): number =>
  Date.parse(metadata?.creationTimestamp ?? '');
