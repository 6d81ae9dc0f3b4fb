/** Follows a rolling update. */
import { eventually } from './eventually.ts';
import { freshCondition, getFailover } from './failover.ts';
import { type FailoverKey, type PodView, podsOf } from './pods.ts';

const ROLL_MS = 240_000;

/** Looks at the pods until the status says that the roll is over. Returns how many of `size` were away at once, at most. */
export const mostAwayInRoll = async (failover: FailoverKey, size: number): Promise<number> => {
  let most = 0;
  await eventually('the roll ends', ROLL_MS, async () => {
    most = Math.max(most, size - serving(await podsOf(failover, 'redis')).length);
    const { status, message } = freshCondition(await getFailover(failover), 'Ready');
    if (status !== 'True') throw new Error(message);
  });
  return most;
};

/** Names of the pods that are ready and stay. */
export const serving = (pods: readonly PodView[]): readonly string[] =>
  pods.filter(({ ready, deleting }) => ready && !deleting).map(({ name }) => name);
