/** One pass over a failover: observe, decide, act, report. And when to make the next. */
import type { RedisFailover, RedisFailoverStatus } from '../api/types.ts';
import { decide } from '../core/decide.ts';
import { intentionsOf, unlessSame, withIntentions } from '../core/intentions.ts';
import { traceMaster } from '../core/master-trace.ts';
import type { Plan, Problem } from '../core/plan.ts';
import type { Situation } from '../core/situation.ts';
import { untilApplied } from '../core/stale-workload.ts';
import { statusOf } from '../core/status.ts';
import { withDeadline } from '../kube/deadline.ts';
import { carryOut } from './carry-out.ts';
import { type Context, type Memory, newMemory } from './context.ts';
import { forgetFailover, labelsOf, measureFailover } from './metrics.ts';
import { observe } from './observe.ts';
import { atWork, type Holder } from './predecessor.ts';
import { newDivergence, tell, tellTransitions, writeStatus } from './report.ts';
import { isWorthWriting, withWritten } from './status-writes.ts';
import { tellIntentions } from './tell-intentions.ts';
import { type FailoverKey, parseKey } from './watches.ts';

/** Looks at every failover this often even if nothing happened. */
const RESYNC_MS = 30_000;
/** After an action the result is looked at this soon; longer each time in a row, up to the limit. */
const FOLLOW_UP_MS = 20;
const FOLLOW_UP_LIMIT_MS = 5_000;
/** Every request of one pass together. */
const PASS_LIMIT_MS = 20_000;

type Standing = { readonly failover: RedisFailover; readonly memory: Memory; readonly holder: Holder };

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
    const permission = this.#context.permission();
    if (permission.kind === 'stand-by') return this.#standBy(key, { failover, memory, holder: permission.holder });
    memory.toldHolder = undefined;
    const { plan, failures } = await withDeadline({ clock, timeoutMs: PASS_LIMIT_MS, signal }, (limited) =>
      this.#pass(key, { failover: withWritten(failover, memory.written), memory }, limited),
    );
    const acted = permission.kind === 'manage' && plan.actions.length > 0;
    memory.actedInARow = acted ? memory.actedInARow + 1 : 0;
    if (failures.length === 0) queue.forget(key);
    else queue.retry(key);
    const followUpMs = acted ? Math.min(FOLLOW_UP_MS * 2 ** (memory.actedInARow - 1), FOLLOW_UP_LIMIT_MS) : Infinity;
    // Who does nothing about it need not look again soon.
    const patienceMs = permission.kind === 'observe' ? FOLLOW_UP_LIMIT_MS : 0;
    const recheckMs = Math.max(patienceMs, plan.recheckMs ?? Infinity);
    queue.addAfter(key, Math.min(followUpMs, recheckMs, RESYNC_MS * (1 + 0.1 * random.next())));
  }

  /** Another operator is at work: leave the failover alone until that changes, and say so once. */
  #standBy(key: FailoverKey, { failover, memory, holder }: Standing): void {
    const { connections, queue, record } = this.#context;
    connections.retain(key, new Set());
    queue.forget(key);
    if (memory.toldHolder === holder.identity) return;
    memory.toldHolder = holder.identity;
    tell(record, failover, { reason: 'PredecessorActive', message: atWork(holder) });
  }

  async #pass(
    key: FailoverKey,
    { failover: stored, memory }: { readonly failover: RedisFailover; readonly memory: Memory },
    signal: AbortSignal,
  ): Promise<{ readonly plan: Plan; readonly failures: readonly Problem[] }> {
    const { record, metrics, clock, storesStatus } = this.#context;
    const isStored = storesStatus() && memory.statusRefusal === undefined;
    const failover = isStored ? stored : { ...stored, ...(memory.status && { status: memory.status }) };
    const observation = await observe(this.#context, { key, failover, memory }, signal);
    const { situation, plan } = decide(observation);
    const failures = await carryOut(this.#context, { key, situation, memory, actions: plan.actions, signal });
    const status = this.#withPlan(statusOf(situation, plan, failures), { situation, plan, memory });
    const problems = [...plan.problems, ...failures, ...newDivergence(situation, status)];
    tellTransitions(record, failover, { after: status, known: memory.knownProblems, problems });
    memory.knownProblems = new Set(problems.map(({ message }) => message));
    this.#measure(situation, { memory, now: clock.now() });
    measureFailover(metrics, situation, status);
    memory.status = status;
    memory.masterTrace = traceMaster(situation);
    const refusal = storesStatus() ? await this.#store({ failover, status, memory }, signal) : undefined;
    if (refusal !== undefined && refusal !== memory.statusRefusal)
      tell(record, failover, { reason: 'StatusRefused', message: refusal });
    memory.statusRefusal = refusal;
    return { plan, failures };
  }

  /** Writes the status if it says anything new; resolves with what the API server has against it. */
  async #store(
    {
      failover,
      status,
      memory,
    }: { readonly failover: RedisFailover; readonly status: RedisFailoverStatus; readonly memory: Memory },
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { api, clock } = this.#context;
    const now = clock.now();
    if (!isWorthWriting(failover.status, status, { now, writtenAt: memory.written?.at })) return undefined;
    const refusal = await writeStatus(api, { failover, status }, signal);
    const replaces = failover.metadata.resourceVersion ?? '';
    if (refusal === undefined) memory.written = { replaces, status, at: now };
    return refusal;
  }

  /** What is done keeps Ready back; an operator that only observes tells what it would do, in Events and in the status. */
  #withPlan(
    status: RedisFailoverStatus,
    { situation, plan, memory }: { readonly situation: Situation; readonly plan: Plan; readonly memory: Memory },
  ): RedisFailoverStatus {
    const { permission, record } = this.#context;
    if (permission().kind !== 'observe') return untilApplied(status, situation, plan);
    const { metadata } = situation.failover;
    const log = this.#context.log.child({ failover: `${metadata.namespace}/${metadata.name}` });
    const before = memory.intentions;
    const now = unlessSame(intentionsOf(plan), before);
    tellIntentions({ record, log }, situation.failover, { before, now });
    memory.intentions = now;
    return withIntentions(status, situation, now);
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
