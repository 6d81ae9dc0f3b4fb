/** What the user reads: phase, conditions, master, counts. Pure; nothing in it changes while nothing happens. */
import type { Condition } from 'kubernetes-types/meta/v1.js';
import { memberLabels } from '../api/names.ts';
import { REASONS, type Reason } from '../api/reasons.ts';
import type { ComponentStatus, MasterStatus, Phase, RedisFailoverStatus } from '../api/types.ts';
import {
  bootstrapStatus,
  isFollowing,
  readyToFollow,
  sourceAvailable,
  whatFollowingLacks,
} from './bootstrap-status.ts';
import { configApplied } from './config-applied.ts';
import { rollsForRemoved } from './custom-lines.ts';
import { dataSafetyStatus, refusesWrites } from './data-safety.ts';
import { divergenceStatus } from './divergence.ts';
import { electedStatus } from './election.ts';
import { failoverHistory } from './failover-history.ts';
import type { RedisPod, SentinelPod } from './observation.ts';
import type { Plan, Problem } from './plan.ts';
import { podStatuses, versionsOf } from './pod-status.ts';
import { pausedRoll } from './rules/pause-roll.ts';
import { handOverStatus } from './rules/requested-hand-over.ts';
import { currentRevision } from './rules/revision.ts';
import { rollPods } from './rules/roll-pods.ts';
import { redisWanted } from './rules/surge.ts';
import { type Finding, sentinelsAgree } from './sentinels-agree.ts';
import { inSync, isHealthyWatch, type Situation } from './situation.ts';
import { storageStatus } from './volumes.ts';

/** The status to write. `failures` are problems that came up while acting. */
export const statusOf = (situation: Situation, plan: Plan, failures: readonly Problem[]): RedisFailoverStatus => {
  const { failover } = situation;
  const problems = [...warnings(plan.problems), ...failures];
  const lacking = whatIsLacking(situation, plan) ?? whatIsRefused(failures);
  const master = masterStatus(situation);
  const elected = electedStatus(situation, plan.elect);
  const bootstrap = bootstrapStatus(situation);
  const storage = storageStatus(situation);
  const divergence = divergenceStatus(situation);
  const handOver = handOverStatus(situation);
  const waitingFor = lacking ?? plan.waitingFor[0];
  return {
    observedGeneration: failover.metadata.generation ?? 0,
    phase: phaseOf(situation, { ready: lacking === undefined, problems }),
    conditions: conditionsOf(situation, { lacking, problems, plan }),
    ...(waitingFor !== undefined && { waitingFor }),
    ...(master && { master }),
    ...(elected !== undefined && { elected }),
    ...(bootstrap && { bootstrap }),
    redis: componentStatus(situation, 'redis', failover.spec.redis.replicas),
    sentinel: componentStatus(situation, 'sentinel', failover.spec.sentinel.replicas),
    pods: podStatuses(situation),
    dataSafety: dataSafetyStatus(situation),
    ...(storage && { storage }),
    ...(divergence && { divergence }),
    ...(handOver && { handOver }),
    failovers: failoverHistory(situation),
  };
};

/** The first thing that keeps the failover from being Ready, as the end of "waiting for …"; undefined when it is. */
const whatIsLacking = (situation: Situation, plan: Plan): string | undefined => {
  const { master, failover, redis, sentinels, port } = situation;
  if (isFollowing(situation)) return whatFollowingLacks(situation);
  if (master === undefined) return plan.waitingFor[0] ?? 'a master';
  if (refusesWrites(master)) return `a replica that acknowledges, until which ${master.name} refuses writes`;
  const redisReady = redis.filter((pod) => pod.ready && !pod.deleting).length;
  const redisAsked = redisWanted(situation);
  if (redisReady < redisAsked) return `${redisAsked - redisReady} more Redis pods to be ready`;
  if (redis.length > redisAsked) return 'the Redis pods of a scale-down to end';
  const behind = situation.answering.find((pod) => pod.uid !== master.uid && !inSync(pod, master, port));
  if (behind !== undefined) return `${behind.name} to be in sync with ${master.name}`;
  const sentinelsReady = sentinels.filter((pod) => pod.ready && !pod.deleting).length;
  const wanted = failover.spec.sentinel.replicas;
  if (sentinelsReady < wanted) return `${wanted - sentinelsReady} more Sentinels to be ready`;
  const updated = whatSentinelsLack(situation);
  if (updated !== undefined) return updated;
  const agreeing = situation.watching.filter((one) => isHealthyWatch(one, master.ip)).length;
  if (agreeing < wanted) return `${wanted - agreeing} more Sentinels to agree on ${master.name}`;
  if (master.roleLabel !== 'master') return `${master.name} to be labelled master`;
  return isRolling(situation)
    ? (rollPods(situation).waitingFor ?? 'all pods to be on the current template')
    : undefined;
};

/** While an object is not as the spec asks, pods that serve do so by an earlier spec. */
const whatIsRefused = (failures: readonly Problem[]): string | undefined =>
  failures.some(({ reason }) => reason === 'ApplyFailed') ? 'the API server to accept every object' : undefined;

/** What keeps all Sentinels from being on the current template; earlier ones may well be ready meanwhile. */
const whatSentinelsLack = ({ children, failover, sentinels }: Situation): string | undefined => {
  const wanted = failover.spec.sentinel.replicas;
  const { metadata, status } = children.deployment ?? {};
  const isSeen = metadata?.generation === status?.observedGeneration;
  const missing = wanted - (isSeen ? (status?.updatedReplicas ?? 0) : 0);
  if (missing > 0) return `${missing} Sentinels to be on the current template`;
  const more = sentinels.filter(({ deleting }) => !deleting).length - wanted;
  return more > 0 ? `${more} Sentinels that are not asked for to end` : undefined;
};

const isRolling = (situation: Situation): boolean => {
  const revision = currentRevision(situation);
  const isMixed = revision === undefined || situation.redis.some((pod) => pod.revision !== revision);
  return isMixed || rollsForRemoved(situation);
};

const phaseOf = (
  situation: Situation,
  { ready, problems }: { readonly ready: boolean; readonly problems: readonly Problem[] },
): Phase => {
  const { master, source, failover, redis } = situation;
  if (ready) return problems.length === 0 ? 'Ready' : 'Degraded';
  if (master === undefined && failover.status?.master !== undefined) return 'Down';
  if (master === undefined && (source === undefined || failover.status?.bootstrap?.since === undefined))
    return redis.some((pod) => pod.container.kind === 'running') ? 'Starting' : 'Pending';
  const wasReady = failover.status?.phase !== undefined && !['Pending', 'Starting'].includes(failover.status.phase);
  const isChanging = isRolling(situation) || whatSentinelsLack(situation) !== undefined;
  if (isChanging || redis.length !== redisWanted(situation)) return wasReady ? 'Updating' : 'Starting';
  return wasReady ? 'Degraded' : 'Starting';
};

const conditionsOf = (
  situation: Situation,
  facts: { readonly lacking: string | undefined; readonly problems: readonly Problem[]; readonly plan: Plan },
): readonly Condition[] =>
  Object.entries({
    Ready: readiness(situation, facts),
    Progressing: progressing(situation, facts),
    Degraded: degraded(facts.problems),
    MasterAvailable: masterAvailable(situation, facts.lacking),
    SentinelsAgree: sentinelsAgree(situation),
    ConfigApplied: configApplied(situation, facts),
  }).map(([type, finding]) => condition(situation, type, finding));

const HEALTHY = { reason: 'Healthy', message: 'everything is as the spec asks' } as const;

const readiness = (
  situation: Situation,
  { lacking, problems: [problem] }: { readonly lacking: string | undefined; readonly problems: readonly Problem[] },
): Finding => {
  const { master, source } = situation;
  if (lacking === undefined) return isFollowing(situation) ? readyToFollow(situation) : { status: 'True', ...HEALTHY };
  const waits = {
    reason: master === undefined && source === undefined ? 'NoMaster' : 'Waiting',
    message: `waiting for ${lacking}`,
  } as const;
  return { status: 'False', ...withDetail(problem ?? waits, lacking) };
};

const progressing = (
  situation: Situation,
  { lacking, plan }: { readonly lacking: string | undefined; readonly plan: Plan },
): Finding => {
  if (lacking === undefined && plan.progress === undefined) return { status: 'False', ...HEALTHY };
  const paused = pausedRoll(situation);
  if (paused !== undefined) return { status: 'True', reason: 'RollingUpdatePaused', message: paused };
  const isRoll = isRolling(situation);
  const message = `waiting for ${lacking ?? plan.waitingFor[0]}`;
  const waits = { reason: isRoll ? 'RollingUpdate' : 'Waiting', message } as const;
  return { status: 'True', ...(isRoll ? waits : (plan.progress ?? waits)) };
};

const degraded = (problems: readonly Problem[]): Finding => {
  const [problem] = problems;
  return problem === undefined
    ? { status: 'False', reason: 'Healthy', message: 'nothing is known to be wrong' }
    : { status: 'True', ...joined(problem, problems) };
};

const masterAvailable = (situation: Situation, lacking: string | undefined): Finding => {
  const { master } = situation;
  if (isFollowing(situation)) return sourceAvailable(situation, lacking);
  if (master === undefined) return { status: 'False', reason: 'NoMaster', message: `waiting for ${lacking}` };
  if (refusesWrites(master)) return { status: 'False', reason: 'WritesRefused', message: `waiting for ${lacking}` };
  return { status: 'True', reason: 'Healthy', message: servedBy(situation) };
};

const servedBy = ({ alone }: Situation): string =>
  alone ? 'a master serves; there are no Sentinels, so the operator decides who is master' : 'a master serves';

const withDetail = (problem: Problem, lacking: string): Problem =>
  problem.message.includes(lacking) ? problem : { ...problem, message: `waiting for ${lacking}; ${problem.message}` };

const joined = (first: Problem, all: readonly Problem[]): Problem => ({
  reason: first.reason,
  message: all
    .map((one) => one.message)
    .join('; ')
    .slice(0, MESSAGE_LIMIT),
});

/** The API server refuses condition messages over 32 KiB; nobody reads more than this. */
const MESSAGE_LIMIT = 2_000;

/** A condition keeps its transition time until its status changes. */
export const condition = ({ failover, at }: Situation, type: string, finding: Finding): Condition => {
  const { status, reason, message } = finding;
  const before = failover.status?.conditions?.find((one) => one.type === type);
  return {
    type,
    status,
    reason,
    message,
    observedGeneration: failover.metadata.generation ?? 0,
    lastTransitionTime:
      before?.status === status ? before.lastTransitionTime : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
};

const masterStatus = ({ master, port, failover }: Situation): MasterStatus | undefined =>
  master === undefined
    ? failover.status?.master
    : { pod: master.name, address: `${master.ip}:${port}`, replicationId: master.answer.replicationId };

const componentStatus = (situation: Situation, component: 'redis' | 'sentinel', wanted: number): ComponentStatus => {
  const pods: readonly (RedisPod | SentinelPod)[] = component === 'redis' ? situation.redis : situation.sentinels;
  const ready = pods.filter((pod) => pod.ready && !pod.deleting).length;
  const version = versionsOf(pods);
  const labels = Object.entries(memberLabels(situation.failover.metadata.name ?? '', component));
  return {
    replicas: pods.length,
    ready,
    summary: `${ready}/${wanted}`,
    selector: labels.map(([key, value]) => `${key}=${value}`).join(','),
    ...(version !== undefined && { version }),
  };
};

const warnings = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter((one) => REASONS[one.reason satisfies Reason].type === 'Warning');
