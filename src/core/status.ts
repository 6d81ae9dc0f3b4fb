/** What the user reads: phase, conditions, master, counts. Pure; nothing in it changes while nothing happens. */
import type { Condition } from 'kubernetes-types/meta/v1.js';
import { memberLabels } from '../api/names.ts';
import { REASONS, type Reason } from '../api/reasons.ts';
import type { ComponentStatus, MasterStatus, Phase, PodStatus, RedisFailoverStatus } from '../api/types.ts';
import { dataSafetyStatus, refusesWrites } from './data-safety.ts';
import { divergenceStatus } from './divergence.ts';
import type { PodFacts, RedisPod } from './observation.ts';
import type { Plan, Problem } from './plan.ts';
import { pausedRoll } from './rules/pause-roll.ts';
import { handOverStatus } from './rules/requested-hand-over.ts';
import { currentRevision } from './rules/revision.ts';
import { rollPods } from './rules/roll-pods.ts';
import { redisWanted } from './rules/surge.ts';
import { inSync, isHealthyWatch, type Situation } from './situation.ts';

/** The status to write. `failures` are problems that came up while acting. */
export const statusOf = (situation: Situation, plan: Plan, failures: readonly Problem[]): RedisFailoverStatus => {
  const { failover, sentinels } = situation;
  const problems = [...warnings(plan.problems), ...failures];
  const lacking = whatIsLacking(situation, plan);
  const master = masterStatus(situation);
  const divergence = divergenceStatus(situation);
  const handOver = handOverStatus(situation);
  return {
    observedGeneration: failover.metadata.generation ?? 0,
    phase: phaseOf(situation, { ready: lacking === undefined, problems }),
    conditions: conditionsOf(situation, { lacking, problems, plan }),
    ...(master && { master }),
    redis: componentStatus(situation, 'redis', failover.spec.redis.replicas),
    sentinel: componentStatus(situation, 'sentinel', failover.spec.sentinel.replicas),
    pods: [
      ...situation.redis.map((pod): PodStatus => ({ name: pod.name, role: roleOf(pod), ready: pod.ready })),
      ...sentinels.map((pod): PodStatus => ({ name: pod.name, role: 'sentinel', ready: pod.ready })),
    ].sort((one, other) => (one.name < other.name ? -1 : 1)),
    dataSafety: dataSafetyStatus(situation),
    ...(divergence && { divergence }),
    ...(handOver && { handOver }),
  };
};

/** The first thing that keeps the failover from being Ready, as the end of "waiting for …"; undefined when it is. */
const whatIsLacking = (situation: Situation, plan: Plan): string | undefined => {
  const { master, failover, redis, sentinels, port } = situation;
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
  const agreeing = situation.watching.filter((one) => isHealthyWatch(one, master.ip)).length;
  if (agreeing < wanted) return `${wanted - agreeing} more Sentinels to agree on ${master.name}`;
  if (master.roleLabel !== 'master') return `${master.name} to be labelled master`;
  return isRolling(situation)
    ? (rollPods(situation).waitingFor ?? 'all pods to be on the current template')
    : undefined;
};

const isRolling = (situation: Situation): boolean => {
  const revision = currentRevision(situation);
  return revision === undefined || situation.redis.some((pod) => pod.revision !== revision);
};

const phaseOf = (
  situation: Situation,
  { ready, problems }: { readonly ready: boolean; readonly problems: readonly Problem[] },
): Phase => {
  const { master, failover, redis } = situation;
  if (ready) return problems.length === 0 ? 'Ready' : 'Degraded';
  if (master === undefined && failover.status?.master !== undefined) return 'Down';
  if (master === undefined) return redis.some((pod) => pod.container.kind === 'running') ? 'Starting' : 'Pending';
  const wasReady = failover.status?.phase !== undefined && !['Pending', 'Starting'].includes(failover.status.phase);
  if (isRolling(situation) || redis.length !== redisWanted(situation)) return wasReady ? 'Updating' : 'Starting';
  return wasReady ? 'Degraded' : 'Starting';
};

const conditionsOf = (
  situation: Situation,
  facts: { readonly lacking: string | undefined; readonly problems: readonly Problem[]; readonly plan: Plan },
): readonly Condition[] => {
  const { lacking, problems, plan } = facts;
  const [problem] = problems;
  const noMaster = situation.master === undefined;
  const notReady = problem ?? { reason: noMaster ? 'NoMaster' : 'Waiting', message: `waiting for ${lacking}` };
  const masterless: Problem = { reason: 'NoMaster', message: `waiting for ${lacking}` };
  const healthy: Problem = { reason: 'Healthy', message: 'everything is as the spec asks' };
  const waiting = lacking ?? plan.waitingFor[0];
  const paused = pausedRoll(situation);
  const waits = {
    reason: isRolling(situation) ? 'RollingUpdate' : 'Waiting',
    message: `waiting for ${waiting}`,
  } as const;
  const held = paused === undefined ? undefined : ({ reason: 'RollingUpdatePaused', message: paused } as const);
  const progressing: Problem = held ?? (isRolling(situation) ? waits : (plan.progress ?? waits));
  const isProgressing = lacking !== undefined || plan.progress !== undefined;
  const refused = problems.filter((one) => one.reason === 'ConfigRefused');
  return [
    condition(
      situation,
      'Ready',
      lacking === undefined,
      lacking === undefined ? healthy : withDetail(notReady, lacking),
    ),
    condition(situation, 'Progressing', isProgressing, isProgressing ? progressing : healthy),
    condition(
      situation,
      'Degraded',
      problem !== undefined,
      problem === undefined ? healthy : joined(problem, problems),
    ),
    condition(
      situation,
      'MasterAvailable',
      !noMaster,
      noMaster ? masterless : { reason: 'Healthy', message: 'a master serves' },
    ),
    condition(situation, 'ConfigApplied', refused.length === 0, refused[0] ?? healthy),
  ];
};

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
export const condition = ({ failover, at }: Situation, type: string, holds: boolean, why: Problem): Condition => {
  const status = holds ? 'True' : 'False';
  const before = failover.status?.conditions?.find((one) => one.type === type);
  return {
    type,
    status,
    reason: why.reason,
    message: why.message,
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
  const pods: readonly PodFacts[] = component === 'redis' ? situation.redis : situation.sentinels;
  const ready = pods.filter((pod) => pod.ready && !pod.deleting).length;
  const labels = Object.entries(memberLabels(situation.failover.metadata.name ?? '', component));
  return {
    replicas: pods.length,
    ready,
    summary: `${ready}/${wanted}`,
    selector: labels.map(([key, value]) => `${key}=${value}`).join(','),
  };
};

const roleOf = (pod: RedisPod): PodStatus['role'] => (pod.answer.kind === 'answer' ? pod.answer.role : 'unknown');

const warnings = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter((one) => REASONS[one.reason satisfies Reason].type === 'Warning');
