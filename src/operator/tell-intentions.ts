/** Tells what an operator that only observes would do, once for as long as that stays the same. */
import type { RedisFailover } from '../api/types.ts';
import { type Intention, intentionsMessage, sentenceOf, storedIntentions } from '../core/intentions.ts';
import type { Log } from '../ports.ts';
import { type Recorder, tell } from './report.ts';

/**
 * An Event and a line in the log for each action that is intended now and was not before, or one Event that nothing is. What
 * stands in the stored status was told before this operator started.
 */
export const tellIntentions = (
  { record, log }: { readonly record: Recorder; readonly log: Log },
  failover: RedisFailover,
  { before, now }: { readonly before: readonly Intention[] | undefined; readonly now: readonly Intention[] },
): void => {
  if (before === now || storedIntentions(failover.status) === intentionsMessage(now)) return;
  const known = new Set(before?.map(({ what }) => what));
  for (const intention of now) {
    if (known.has(intention.what)) continue;
    tell(record, failover, { reason: 'WouldAct', message: sentenceOf(intention) });
    log.info('would act', intention);
  }
  if (now.length > 0) return;
  tell(record, failover, { reason: 'NothingToDo', message: intentionsMessage(now) });
  log.info('would do nothing');
};
