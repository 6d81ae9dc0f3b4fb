import { HAND_OVER_ANNOTATION, redisName } from '../../api/names.ts';
import type { HandOverStatus } from '../../api/types.ts';
import type { Verdict } from '../plan.ts';
import { type AnsweringRedis, inSync, isLeaving, ordinalOf, type Situation } from '../situation.ts';
import { agreeingSentinels, handOver } from './hand-over.ts';
import { askedPriority } from './replica-priority.ts';

/** A request that could not be met for so long is refused: nobody expects the master to move hours later. */
const REQUEST_LIMIT_MS = 10 * 60_000;
const ANY = 'any';

/**
 * Carries out the change of master that the annotation asks for: once, because the status must name the request and the
 * master it began with before anything is done, and says when it is done.
 */
export const handOverOnRequest = (situation: Situation): Verdict => {
  const status = handOverStatus(situation);
  if (status?.state !== 'Waiting') return {};
  const verdict = attempt(situation, status.to);
  return isRecorded(situation, status) ? verdict : { ...verdict, actions: [] };
};

/** What the status says of the request; undefined when nobody asks. Removing the annotation ends a request. */
export const handOverStatus = (situation: Situation): HandOverStatus | undefined => {
  const { failover, master, at } = situation;
  const request = failover.metadata.annotations?.[HAND_OVER_ANNOTATION] ?? '';
  if (request === '') return undefined;
  const before = failover.status?.handOver;
  const known = before?.request === request ? before : undefined;
  if (known !== undefined && known.state !== 'Waiting') return known;
  const from = known?.from || (master?.name ?? failover.status?.master?.pod ?? '');
  const since = known?.time ?? new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  const waitedMs = at - Date.parse(since);
  const judged = judge(situation, { to: targetOf(request), from, waitedMs });
  const time = judged.state === 'Waiting' ? since : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  return { request, from, time, ...judged };
};

/** Whether a request waits that is not carried out yet. */
export const isHandOverRequested = (situation: Situation): boolean => handOverStatus(situation)?.state === 'Waiting';

/**
 * The replica that a request names, while nothing but Sentinel's choice keeps it from taking over: all others are not to be
 * elected for that moment.
 */
export const requestedTarget = (situation: Situation): AnsweringRedis | undefined => {
  const { master, port } = situation;
  const status = handOverStatus(situation);
  if (master === undefined || status?.state !== 'Waiting' || !isRecorded(situation, status)) return undefined;
  if (agreeingSentinels(situation, master).length < situation.quorum) return undefined;
  return situation.answering.find(
    (pod) => pod.name === status.to && !isLeaving(pod) && pod.answer.priority > 0 && inSync(pod, master, port),
  );
};

/** What follows `#` only makes the request another one. */
const targetOf = (request: string): string => request.replace(/#.*/, '').trim();

const isRecorded = ({ failover }: Situation, { request }: HandOverStatus): boolean =>
  failover.status?.handOver?.request === request && failover.status.handOver.from !== '';

type Judged = Pick<HandOverStatus, 'state' | 'to' | 'message'>;

const judge = (
  situation: Situation,
  { to, from, waitedMs }: { readonly to: string; readonly from: string; readonly waitedMs: number },
): Judged => {
  const { master } = situation;
  if (master !== undefined && (to === ANY ? master.name !== from : master.name === to))
    return { state: 'Done', to: master.name, message: `${master.name} is master` };
  const refusal = refusalOf(situation, to);
  if (refusal !== undefined) return { state: 'Refused', to, message: refusal };
  const { waitingFor } = attempt(situation, to);
  const message = waitingFor === undefined ? 'the hand-over is under way' : `waiting for ${waitingFor}`;
  if (waitedMs < REQUEST_LIMIT_MS) return { state: 'Waiting', to, message };
  return {
    state: 'Refused',
    to,
    message: `it was not possible within ${REQUEST_LIMIT_MS / 60_000} minutes: ${message}`,
  };
};

/** Why this can never be done as asked; undefined when it can. */
const refusalOf = (situation: Situation, to: string): string | undefined => {
  const { failover, redis, source } = situation;
  const { replicas } = failover.spec.redis;
  if (source !== undefined) return 'spec.bootstrapNode is there: no pod is master';
  if (replicas === 1) return 'spec.redis.replicas is 1: there is no replica to take over';
  if (askedPriority(situation) === 0)
    return 'spec.redis.customConfig sets replica-priority to 0: Sentinel promotes no replica';
  if (to === ANY) return undefined;
  const pod = redis.find(({ name }) => name === to);
  const own = Array.from({ length: replicas }, (_, ordinal) => `${redisName(failover.metadata.name)}-${ordinal}`);
  if (pod === undefined && !own.includes(to)) return `there is no Redis pod ${to} in this RedisFailover`;
  if (pod !== undefined && ordinalOf(pod) >= replicas)
    return `${to} is not to stay: spec.redis.replicas is ${replicas}`;
  return pod?.cordoned === true ? `the node ${pod.node} of ${to} is cordoned` : undefined;
};

const attempt = (situation: Situation, to: string): Verdict => {
  const { master, port, answering } = situation;
  if (master === undefined) return { waitingFor: 'a master' };
  if (to === ANY) return handOver(situation, 'it was requested');
  const pod = answering.find(({ name }) => name === to);
  if (pod === undefined) return { waitingFor: `${to} to answer` };
  if (isLeaving(pod)) return { waitingFor: `${to} to be replaced` };
  if (!inSync(pod, master, port)) return { waitingFor: `${to} to be in sync with ${master.name}` };
  return handOver(situation, `${to} was requested`, ({ uid }) => uid === pod.uid);
};
