import { addressOf, awaitsPromotion } from '../bootstrap.ts';
import { bestOf, isBlank, isStale } from '../elect.ts';
import { isRecorded } from '../election.ts';
import type { Problem, Verdict } from '../plan.ts';
import { type AnsweringRedis, type Situation, sentinelsCanElect } from '../situation.ts';
import { elect, isAwaited } from './fail-over-alone.ts';
import { watchersOfSource } from './leave-source.ts';
import { lostAt } from './lost-at.ts';
import { redisTarget } from './targets.ts';

/** How long after the master was lost a recovery waits for pods that may hold better data before it decides without them. */
export const PATIENCE_MS = 30_000;
/** Nothing tells that a pod has received its data; it is looked for this often. */
const RECEIVING_MS = 1_000;

/**
 * Makes a master when there is none and Sentinel cannot elect one: on first boot, and after every pod or every Sentinel
 * was lost, or when a source outside is followed no more. The best data wins, so it waits until all pods have loaded theirs;
 * where no data can exist it does not wait.
 */
export const promoteBest = (situation: Situation): Verdict => {
  const { masters, source, failoverRunning, failover } = situation;
  if (masters.length > 0 || source !== undefined || failoverRunning) return {};
  if (sentinelsCanElect(situation) || isAwaited(situation)) return {};
  if (awaitsPromotion(situation) && watchersOfSource(situation).length > 0)
    return { waitingFor: 'the Sentinels to forget the source' };
  const candidates = candidatesIn(situation);
  const best = bestOf(preferredOf(candidates, situation), failover.status?.master);
  if (best === undefined) {
    const isReceived = situation.answering.some((pod) => isReceiving(pod, situation));
    return { waitingFor: 'a Redis pod to answer with its data loaded', ...(isReceived && { recheckMs: RECEIVING_MS }) };
  }
  if (nothingToLose(situation)) return promote(situation, best, 'first master of a new failover');
  const missing = missingPods(situation, candidates);
  if (missing.length === 0) return promote(situation, best, 'it has the best data of all pods');
  const waited = situation.at - lostAt(situation);
  const obstacle = obstacleTo(best, failover);
  if (waited < PATIENCE_MS || obstacle !== undefined) {
    return {
      waitingFor: `${missing.join(', ')} to answer with its data loaded, which may be newer than that of ${best.name}`,
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

/** A pod that is about to have other data than it has now is waited for like one that does not answer. */
const candidatesIn = (situation: Situation): readonly AnsweringRedis[] =>
  situation.answering.filter((pod) => !pod.deleting && !pod.answer.loading && !isReceiving(pod, situation));

/** While a source is left, a pod may still receive all its data from there. */
const isReceiving = ({ answer }: AnsweringRedis, situation: Situation): boolean =>
  awaitsPromotion(situation) && answer.syncing;

/** Offsets are compared among pods that follow the source which was left: others may have another one's, or none. */
const preferredOf = (candidates: readonly AnsweringRedis[], situation: Situation): readonly AnsweringRedis[] => {
  const left = awaitsPromotion(situation) ? situation.failover.status?.bootstrap?.source : undefined;
  const followers = candidates.filter(
    ({ answer }) =>
      !isBlank(answer) && left === addressOf({ host: answer.masterHost ?? '', port: answer.masterPort ?? 0 }),
  );
  return followers.length > 0 ? followers : candidates;
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
 * nothing to load or received from a source outside, all volumes new.
 */
const nothingToLose = (situation: Situation): boolean =>
  situation.failover.status?.master === undefined &&
  situation.failover.status?.bootstrap?.since === undefined &&
  situation.watching.length === 0 &&
  situation.answering.every((pod) => !pod.answer.loading && !isReceiving(pod, situation) && isBlank(pod.answer)) &&
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
