/** `spec.redis.divergentData: Keep`: how far a Redis is with saving what the master never had, before it follows. */
import type { DefaultedRedis } from '../api/defaults.ts';
import { divergenceOf, divergenceStatus, isSame } from './divergence.ts';
import { isHeld } from './nowhere.ts';
import type { Keeping, RedisPod } from './observation.ts';
import { type AnsweringRedis, follows, type Situation } from './situation.ts';

/** Whether Redis processes are to save what the master never had. */
export const keepsDivergent = ({ divergentData }: DefaultedRedis): boolean => divergentData === 'Keep';

/**
 * The pods that must not follow the master yet, because they hold what it never had and that is not kept, or not told in the
 * status. In doubt it is kept. But one without keys has nothing to save, and one that restarted without a history, as from an
 * append-only file, does so every time.
 */
export const heldBack = (situation: Situation): readonly AnsweringRedis[] => {
  const { master, failover } = situation;
  if (master === undefined || !keepsDivergent(failover.spec.redis)) return [];
  return situation.answering.filter(
    (pod) =>
      pod.uid !== master.uid &&
      !pod.deleting &&
      isDivergent(pod, { master, situation }) &&
      !(situation.keeping.get(pod.uid)?.state === 'kept' && isTold(situation)),
  );
};

/** What is known of a save after another look at the pod; undefined when it has to be begun anew. */
export const keepingAfter = (keeping: Keeping, answer: RedisPod['answer'], at: number): Keeping | undefined => {
  if (answer.kind === 'unreachable') return keeping;
  const { runId, replicationId } = keeping;
  if (answer.runId !== runId || answer.replicationId !== replicationId) return undefined;
  if (keeping.state !== 'saving') return keeping;
  if (answer.backgroundSave === 'running') return { ...keeping, at };
  if (at - keeping.at > OTHER_SAVE_MS) return undefined;
  return answer.backgroundSave === 'ok'
    ? { runId, replicationId, state: 'kept' }
    : { runId, replicationId, state: 'failed', at, error: 'the background save failed, see the log of the pod' };
};

/** After a save that failed Redis waits 5 s before it saves by itself; what is seen earlier is the outcome of ours. */
const OTHER_SAVE_MS = 4_000;

const isDivergent = (
  pod: AnsweringRedis,
  { master, situation }: { readonly master: AnsweringRedis; readonly situation: Situation },
): boolean => {
  const { answer } = pod;
  if (answer.loading || answer.keys === 0 || answer.replicationId === master.answer.replicationId) return false;
  if (answer.linkUp && follows(pod, master, situation.port)) return false;
  const divergence = divergenceOf(pod, master);
  return divergence !== undefined && (divergence.bytes !== undefined || answer.offset > 0 || isSecondMaster(pod));
};

/** Is one, or was one until it was told to follow nobody. */
const isSecondMaster = (pod: AnsweringRedis): boolean => pod.answer.role === 'master' || isHeld(pod);

/** The stored status names what is kept, so that no restart of the operator can forget it. */
const isTold = (situation: Situation): boolean => {
  const now = divergenceStatus(situation);
  const told = situation.failover.status?.divergence;
  return now === undefined || (isSame(now, told) && now.keptAs === told?.keptAs);
};
