/** A Redis saves what the master never had: begun by an action, followed by every later look at the pod. */
import { keepingAfter } from '../core/keeping.ts';
import type { Keeping, RedisPod } from '../core/observation.ts';
import type { ActionOf } from '../core/plan.ts';
import { notKept } from '../core/rules/keep-divergent.ts';
import { RedisError } from '../redis/errors.ts';
import { backgroundSaveAs } from '../redis/save-as.ts';
import { changed, isUnchanged } from './act-redis.ts';
import { CALL_MS } from './connections.ts';
import type { Context } from './context.ts';
import { DONE, type Occasion, type Outcome, redisLink } from './occasion.ts';

/** Begins the save. That Redis refuses it is remembered with the reason; that it saves something else is not its fault. */
export const saveDivergent = async (
  context: Context,
  occasion: Occasion,
  { target, replicationId, file }: ActionOf<'save-divergent'>,
): Promise<Outcome> => {
  const { keeping } = occasion.memory;
  const link = redisLink(context, occasion, target);
  if (!(await isUnchanged(link, target))) return changed(target);
  const save = { runId: target.runId, replicationId, at: context.clock.now() };
  try {
    await backgroundSaveAs(link, file, CALL_MS);
    keeping.set(target.uid, { ...save, state: 'saving' });
    return DONE;
  } catch (error) {
    if (!(error instanceof RedisError) || error.code !== 'reply') throw error;
    if (/in progress|child process/.test(error.message)) return { kind: 'outdated', because: error.message };
    keeping.set(target.uid, { ...save, state: 'failed', error: error.message });
    return { kind: 'failed', problem: notKept(target.pod, error.message) };
  }
};

/** Brings what is known of the saves up to date with what the pods say; forgets pods that are gone. */
export const lookAgain = (keeping: Map<string, Keeping>, pods: readonly RedisPod[], at: number): void => {
  for (const [uid, before] of keeping) {
    const pod = pods.find((one) => one.uid === uid);
    const after = pod && keepingAfter(before, pod.answer, at);
    if (after === undefined) keeping.delete(uid);
    else keeping.set(uid, after);
  }
};
