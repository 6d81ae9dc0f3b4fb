import { divergentFile } from '../divergence.ts';
import { heldBack } from '../keeping.ts';
import { nowhere, nowhereMovesInMs } from '../nowhere.ts';
import type { Action, Problem, Verdict } from '../plan.ts';
import { type AnsweringRedis, isUnassigned, type Situation } from '../situation.ts';
import { wouldLoseData } from './data-at-risk.ts';
import { redisTarget } from './targets.ts';

/** How often a save is looked at while it runs. */
const SAVING_MS = 500;
/** A save that failed is tried again after this long. */
const RETRY_MS = 30_000;

/**
 * Makes every Redis that holds what the master never had save it before it follows. First it is told to follow nobody, so that
 * it accepts nothing more and nothing overwrites it; again whenever Sentinel told it otherwise, and before Sentinel would. This
 * does not wait for a failover to end: its last step is that Sentinel makes the other replicas follow, and one of them may have
 * received more than the one that was promoted. A second master is left as it is while Sentinel chooses, and if the master is
 * empty.
 */
export const keepDivergent = (situation: Situation): Verdict => {
  const { master, failoverRunning } = situation;
  if (master === undefined) return {};
  const verdicts = heldBack(situation)
    .filter((pod) => pod.answer.role === 'replica' || !(failoverRunning || wouldLoseData(pod, master)))
    .map((pod) => nextStep(pod, { master, situation }));
  const waitingFor = verdicts.find((verdict) => verdict.waitingFor !== undefined)?.waitingFor;
  const rechecks = verdicts.flatMap(({ recheckMs }) => recheckMs ?? []);
  return {
    actions: verdicts.flatMap(({ actions }) => actions ?? []),
    problems: verdicts.flatMap(({ problems }) => problems ?? []),
    ...(waitingFor !== undefined && { waitingFor }),
    ...(rechecks.length > 0 && { recheckMs: Math.min(...rechecks) }),
  };
};

/** Why a Redis does not follow, and what a user can do. */
export const notKept = (pod: string, error: string): Problem => ({
  reason: 'DivergentDataNotKept',
  message:
    `${pod} could not save what only it holds, and does not follow the master: ${error};` +
    ' spec.redis.divergentData: Discard gives its data up',
});

type Held = { readonly master: AnsweringRedis; readonly situation: Situation };

const nextStep = (pod: AnsweringRedis, { master, situation }: Held): Verdict => {
  const { at } = situation;
  const keeping = situation.keeping.get(pod.uid);
  const problems = keeping?.state === 'failed' ? [notKept(pod.name, keeping.error)] : [];
  const isDue = keeping === undefined || (keeping.state === 'failed' && keeping.at + RETRY_MS <= at);
  if (!isUnassigned(pod)) return { actions: [hold(pod, { master, situation })], problems };
  if (isDue) return { actions: [save(pod, master)], problems };
  return {
    actions:
      keeping.state === 'kept' || pod.answer.masterPort === nowhere(at).port ? [] : [hold(pod, { master, situation })],
    problems,
    waitingFor: `${pod.name} to save what ${master.name} never had`,
    recheckMs: Math.min(nowhereMovesInMs(at), keeping.state === 'failed' ? keeping.at + RETRY_MS - at : SAVING_MS),
  };
};

const hold = (pod: AnsweringRedis, { master, situation }: Held): Action => {
  const base = { target: redisTarget(pod), master: nowhere(situation.at) };
  const then = `follows ${master.name} once it has saved what only it holds`;
  return pod.answer.role === 'master'
    ? {
        ...base,
        kind: 'demote',
        why: { reason: 'MasterDemoted', message: `${pod.name} was a second master and ${then}` },
      }
    : { ...base, kind: 'replicate', why: { reason: 'DivergentWritesHeld', message: `${pod.name} ${then}` } };
};

const save = (pod: AnsweringRedis, master: AnsweringRedis): Action => ({
  kind: 'save-divergent',
  target: redisTarget(pod),
  replicationId: pod.answer.replicationId,
  file: divergentFile(pod.answer.replicationId),
  why: { reason: 'DivergentWritesHeld', message: `${pod.name} saves what ${master.name} never had` },
});
