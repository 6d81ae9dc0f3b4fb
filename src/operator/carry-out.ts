/** Carries out what was decided: the one way to everything that this operator changes, its reports aside. */
import { masterChangeBy } from '../core/master-trace.ts';
import type { Action, Problem } from '../core/plan.ts';
import type { Situation } from '../core/situation.ts';
import { act } from './act.ts';
import type { Context, Memory } from './context.ts';
import { tellAction } from './report.ts';
import type { FailoverKey } from './watches.ts';

type Decided = {
  readonly key: FailoverKey;
  readonly situation: Situation;
  readonly memory: Memory;
  readonly actions: readonly Action[];
  readonly signal: AbortSignal;
};

/**
 * Takes the actions in order for as long as it may; one that fails is reported and does not stop the others. Returns what
 * failed. An operator that only observes, or stands by, takes none.
 */
export const carryOut = async (
  context: Context,
  { key, situation, memory, actions, signal }: Decided,
): Promise<readonly Problem[]> => {
  const { metrics, record, permission } = context;
  const log = context.log.child({ failover: key });
  const failures: Problem[] = [];
  for (const action of actions) {
    if (signal.aborted || permission().kind !== 'manage') break;
    const outcome = await act(context, { key, situation, memory, action, signal });
    metrics.actions.inc({ kind: action.kind, result: outcome.kind });
    const fields = { action: action.kind, reason: action.why.reason, message: action.why.message };
    if (outcome.kind === 'failed') failures.push(outcome.problem);
    if (outcome.kind === 'done') tellAction(record, situation.failover, action);
    if (outcome.kind === 'done') memory.masterChange = masterChangeBy(action, situation.at) ?? memory.masterChange;
    if (outcome.kind === 'done') log.info('action', { ...fields, ...outcome.fields });
    else log.warn('action not taken', { ...fields, outcome });
  }
  return failures;
};
