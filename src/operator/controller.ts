/** One pass over a failover: observe, decide, act, report. And when to make the next. */
import { decide } from '../core/decide.ts';
import type { Action, Plan, Problem } from '../core/plan.ts';
import type { Situation } from '../core/situation.ts';
import { statusOf } from '../core/status.ts';
import { withDeadline } from '../kube/deadline.ts';
import { act } from './act.ts';
import { type Context, type Memory, newMemory } from './context.ts';
import { forgetFailover, labelsOf, measureFailover } from './metrics.ts';
import { observe } from './observe.ts';
import { newDivergence, tellAction, tellTransitions, writeStatus } from './report.ts';
import { type FailoverKey, parseKey, type Watches } from './watches.ts';

/** Looks at every failover this often even if nothing happened. */
const RESYNC_MS = 30_000;
/** After an action the result is looked at this soon; longer each time in a row, up to the limit. */
const FOLLOW_UP_MS = 20;
const FOLLOW_UP_LIMIT_MS = 5_000;
/** Every request of one pass together. */
const PASS_LIMIT_MS = 20_000;

/** The handler of the work queue. */
export class Controller {
  readonly #context: Context;
  readonly #memories = new Map<FailoverKey, Memory>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Makes one pass; rejects when the pass should be tried again with backoff. */
  async reconcile(key: FailoverKey, signal: AbortSignal): Promise<void> {
    const { watches, connections, queue, metrics, clock, random } = this.#context;
    const failover = watches.failover(parseKey(key));
    if (failover === undefined || failover.metadata.deletionTimestamp !== undefined) {
      connections.retain(key, new Set());
      watches.dropUnusedSecrets();
      this.#memories.delete(key);
      forgetFailover(metrics, parseKey(key));
      return;
    }
    const memory = this.#memories.get(key) ?? newMemory();
    this.#memories.set(key, memory);
    const { plan, failures } = await withDeadline({ clock, timeoutMs: PASS_LIMIT_MS, signal }, (limited) =>
      this.#pass(key, { failover, memory }, limited),
    );
    memory.actedInARow = plan.actions.length === 0 ? 0 : memory.actedInARow + 1;
    if (failures.length === 0) queue.forget(key);
    else queue.retry(key);
    const followUp =
      plan.actions.length === 0
        ? undefined
        : Math.min(FOLLOW_UP_MS * 2 ** (memory.actedInARow - 1), FOLLOW_UP_LIMIT_MS);
    queue.addAfter(
      key,
      Math.min(followUp ?? Infinity, plan.recheckMs ?? Infinity, RESYNC_MS * (1 + 0.1 * random.next())),
    );
  }

  async #pass(
    key: FailoverKey,
    { failover, memory }: { readonly failover: NonNullable<ReturnType<Watches['failover']>>; readonly memory: Memory },
    signal: AbortSignal,
  ): Promise<{ readonly plan: Plan; readonly failures: readonly Problem[] }> {
    const { api, record, metrics, clock } = this.#context;
    const observation = await observe(this.#context, { key, failover, memory }, signal);
    const { situation, plan } = decide(observation);
    const failures = await this.#act(situation, { key, memory, actions: plan.actions }, signal);
    const status = statusOf(situation, plan, failures);
    const problems = [...plan.problems, ...failures, ...newDivergence(situation, status)];
    tellTransitions(record, failover, { after: status, known: memory.knownProblems, problems });
    memory.knownProblems = new Set(problems.map(({ message }) => message));
    this.#measure(situation, { memory, now: clock.now() });
    measureFailover(metrics, situation, status);
    await writeStatus(api, { failover, status }, signal);
    return { plan, failures };
  }

  /** Takes the actions in order; one that fails is reported and does not stop the others. */
  async #act(
    situation: Situation,
    {
      key,
      memory,
      actions,
    }: { readonly key: FailoverKey; readonly memory: Memory; readonly actions: readonly Action[] },
    signal: AbortSignal,
  ): Promise<readonly Problem[]> {
    const { metrics, record } = this.#context;
    const log = this.#context.log.child({ failover: key });
    const failures: Problem[] = [];
    for (const action of actions) {
      if (signal.aborted) break;
      const outcome = await act(this.#context, { key, situation, memory, action, signal });
      metrics.actions.inc({ kind: action.kind, result: outcome.kind });
      const fields = { action: action.kind, reason: action.why.reason, message: action.why.message };
      if (outcome.kind === 'failed') failures.push(outcome.problem);
      if (outcome.kind === 'done') tellAction(record, situation.failover, action);
      if (outcome.kind === 'done') log.info('action', { ...fields, ...outcome.fields });
      else log.warn('action not taken', { ...fields, outcome });
    }
    return failures;
  }

  #measure(situation: Situation, { memory, now }: { readonly memory: Memory; readonly now: number }): void {
    const { metrics } = this.#context;
    const labels = labelsOf(situation.failover.metadata);
    const { master, failover } = situation;
    if (master !== undefined && memory.masterSeen !== undefined && master.name !== memory.masterSeen)
      metrics.failovers.inc(labels);
    memory.masterSeen = master?.name ?? memory.masterSeen;
    const masterless = master === undefined && failover.status?.master !== undefined;
    if (memory.masterlessSince !== undefined)
      metrics.masterlessSeconds.inc(labels, Math.max(0, now - memory.masterlessSince) / 1000);
    memory.masterlessSince = masterless ? now : undefined;
  }
}
