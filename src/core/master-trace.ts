/** What is remembered of the master between passes, so that the history of failovers can say what became of it. */
import type { Loss, MasterChange, MasterTrace, RedisPod } from './observation.ts';
import type { Action } from './plan.ts';
import type { Situation } from './situation.ts';

/**
 * The trace after what is seen now. A loss keeps the time it was first seen at, and the best evidence. The old
 * master is forgotten only when the status names the new one: a status that could not be written is made again in the next pass.
 */
export const traceMaster = (situation: Situation): MasterTrace | undefined => {
  const { master, masterTrace: before, at } = situation;
  if (master !== undefined) {
    const { uid, answer } = master;
    const told = situation.failover.status?.master?.pod;
    if (before !== undefined && before.pod === told && told !== master.name) return before;
    return { pod: master.name, seen: { uid, runId: answer.runId, offset: answer.offset }, loss: undefined };
  }
  const pod = before?.pod ?? situation.failover.status?.master?.pod;
  if (pod === undefined) return undefined;
  const seen = before?.seen;
  const loss = strongest(before?.loss, lossOf(situation, { pod, seen })) ?? unexplained(pod);
  return { pod, seen, loss: { ...loss, at: before?.loss?.at ?? at } };
};

/** The change of master that an action is; undefined for any other action. */
export const masterChangeBy = (action: Action, at: number): MasterChange | undefined => {
  if (action.kind !== 'hand-over' && action.kind !== 'promote') return undefined;
  return { kind: action.kind, uid: action.target.uid, message: action.why.message, at };
};

/** Why a pod that was the master is none any more; undefined when it answers and never stopped. */
export const lossOf = (
  situation: Situation,
  { pod: name, seen }: Pick<MasterTrace, 'pod' | 'seen'>,
): Loss | undefined => {
  const pod = situation.redis.find((one) => one.name === name);
  if (pod === undefined) return { cause: 'PodDeleted', message: `the pod ${name} is gone`, weight: 2 };
  if (seen !== undefined && pod.uid !== seen.uid)
    return { cause: 'PodDeleted', message: `the pod ${name} was replaced`, weight: 2 };
  if (pod.deleting) return { cause: 'PodDeleted', message: `the pod ${name} is being deleted`, weight: 2 };
  if (pod.disruption !== undefined)
    return { cause: 'PodDeleted', message: `the pod ${name} is to be ended: ${pod.disruption}`, weight: 2 };
  return processLoss(pod, seen?.runId);
};

/** Of two findings the stronger; the first if they are alike. */
export const strongest = <T extends Loss>(one: T | undefined, other: T | undefined): T | undefined =>
  one === undefined || (other !== undefined && other.weight > one.weight) ? other : one;

const processLoss = ({ name, container, answer }: RedisPod, runId: string | undefined): Loss | undefined => {
  if (container.kind === 'terminated') {
    const message = `the container of ${name} ended: ${container.reason}, exit code ${container.exitCode}`;
    return { cause: 'MasterCrashed', message, weight: 3 };
  }
  if (container.kind === 'waiting')
    return { cause: 'MasterCrashed', message: `the container of ${name} does not run: ${container.reason}`, weight: 2 };
  if (answer.kind === 'answer') {
    const restarted = runId !== undefined && answer.runId !== runId;
    return restarted ? { cause: 'MasterCrashed', message: `Redis in ${name} restarted`, weight: 2 } : undefined;
  }
  return answer.why === 'refused'
    ? { cause: 'MasterCrashed', message: `nothing listens at ${name} any more`, weight: 2 }
    : { cause: 'MasterUnreachable', message: `${name} does not answer: ${answer.why}`, weight: 1 };
};

/** It answers but serves no more: Sentinel takes it for down, or elects another. */
const unexplained = (pod: string): Loss => ({
  cause: 'SentinelFailover',
  message: `${pod} answers and is not the confirmed master any more`,
  weight: 0,
});
