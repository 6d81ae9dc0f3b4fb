import { refusesWrites, wantedReplicas } from '../data-safety.ts';
import type { RequiredReplicas } from '../observation.ts';
import type { Action, Verdict } from '../plan.ts';
import type { AnsweringRedis, Situation } from '../situation.ts';
import { redisTarget } from './targets.ts';

/** Redis counts its replicas once a second, and nothing tells that it accepts writes again. */
const RECOUNT_MS = 1_000;

/**
 * Keeps `min-replicas-to-write` and `min-replicas-max-lag` of every Redis as `spec.redis.dataSafety` or customConfig asks,
 * replicas included: so it holds from the first moment after a promotion. A master that refuses writes is reported.
 */
export const requireReplicas = (situation: Situation): Verdict => {
  const wanted = wantedReplicas(situation.failover.spec.redis);
  const { master } = situation;
  const actions = situation.answering
    .filter((pod) => !isFenced(pod, situation))
    .flatMap((pod) => adjust(pod, wanted) ?? []);
  if (master === undefined || !refusesWrites(master)) return { actions };
  const waitingFor = `a replica that acknowledges, until which ${master.name} refuses writes`;
  if (isFirstBoot(situation)) return { actions, waitingFor, recheckMs: RECOUNT_MS };
  return { actions, waitingFor, problems: [refusal(master)], recheckMs: RECOUNT_MS };
};

/**
 * A hand-over that was cut short has left the old master fenced, so that it takes no writes beside the new one. It stays so
 * until it is known who of them is master.
 */
const isFenced = (pod: AnsweringRedis, { master, failoverRunning }: Situation): boolean =>
  pod.answer.role === 'master' && (failoverRunning || pod.uid !== master?.uid);

const adjust = (pod: AnsweringRedis, wanted: RequiredReplicas): Action | undefined => {
  const { requiredReplicas: now, loading } = pod.answer;
  if (now === undefined || loading) return undefined;
  const required = { ...wanted, toWrite: mayStart(pod, now) ? wanted.toWrite : now.toWrite };
  if (now.toWrite === required.toWrite && now.maxLagSeconds === required.maxLagSeconds) return undefined;
  const message = `${pod.name} requires ${required.toWrite} replicas that acknowledged within ${required.maxLagSeconds} s to write`;
  return { kind: 'require-replicas', target: redisTarget(pod), required, why: { reason: 'ReplicasRequired', message } };
};

/** A master that writes alone goes on until it has a replica, so that a scale-up from one stops no writes. */
const mayStart = ({ answer }: AnsweringRedis, now: RequiredReplicas): boolean =>
  answer.role === 'replica' || now.toWrite > 0 || answer.connectedReplicas.length > 0;

/** Until it was ready once, a failover that refuses writes is only not ready yet. */
const isFirstBoot = ({ failover }: Situation): boolean =>
  failover.status?.phase === undefined || failover.status.phase === 'Pending' || failover.status.phase === 'Starting';

const refusal = ({ name, answer }: AnsweringRedis) =>
  ({
    reason: 'WritesRefused',
    message: `${name} refuses writes: ${answer.goodReplicas} of its replicas acknowledged within ${answer.requiredReplicas?.maxLagSeconds} s, required are ${answer.requiredReplicas?.toWrite}`,
  }) as const;
