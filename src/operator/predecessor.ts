/** Whether another operator of the same RedisFailovers is at work, as its lease says. */
import type { Lease } from 'kubernetes-types/coordination/v1.js';
import { withDeadline } from '../kube/deadline.ts';
import { KubeApiError } from '../kube/errors.ts';
import { isSameTerm, LEASES } from '../kube/lease-record.ts';
import { OptionalCache } from '../kube/optional-cache.ts';
import { type Change, Store } from '../kube/store.ts';
import type { Clock, KubeApi, Log, Random, Selection } from '../ports.ts';

/** An operator at work: the lease it holds, and as whom. */
export type Holder = { readonly namespace: string; readonly lease: string; readonly identity: string };

/** Which leases predecessors hold. */
export type PredecessorLeases = {
  /** The names of the leases; none: no predecessor is looked for. */
  readonly leases: readonly string[];
  /** Undefined means all namespaces. */
  readonly namespaces: readonly string[] | undefined;
};

type Options = PredecessorLeases & {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called whenever another one holds such a lease than before, or nobody does any more. */
  readonly onChange: (holder: Holder | undefined) => void;
};

/** A lease first seen this long after it ended is an old one, whatever the two clocks say. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;
/** Where a lease promises nothing. */
const DEFAULT_DURATION_S = 15;
/** That a lease was not renewed is asked before it is believed, and again this long after an answer failed to come. */
const RETRY_MS = 1_000;
const CONFIRM_LIMIT_MS = 5_000;

/** A held lease, and how to call off the end of it. */
type Held = { readonly lease: Lease; readonly keep: () => void };
/** A lease as it was last seen to change, and where it comes from. */
type Sight = { readonly lease: Lease; readonly store: Store<Lease>; readonly selection: Selection };

/**
 * Watches the leases by which a predecessor says that it is at work. One counts as held from when we see it renewed, by our
 * own clock, for as long as it promises. Where leases may not be seen it is said once, and nobody is taken to be at work.
 */
export class Predecessor {
  readonly #options: Options;
  readonly #caches: readonly OptionalCache<Lease>[];
  readonly #held = new Map<string, Held>();
  #told = JSON.stringify(null);

  constructor(options: Options) {
    this.#options = options;
    const selections = options.leases.flatMap((name) =>
      (options.namespaces ?? [undefined]).map((namespace) => ({
        ...(namespace !== undefined && { namespace }),
        fieldSelector: `metadata.name=${name}`,
      })),
    );
    this.#caches = selections.map((selection) => this.#watch(selection));
  }

  /** Who is at work; undefined when nobody is known to be. */
  get holder(): Holder | undefined {
    const [first] = this.#held.values();
    return first && holderOf(first.lease);
  }

  /** Resolves once the leases are known, or known to be not for us to see. */
  async whenSynced(): Promise<void> {
    await Promise.all(this.#caches.map((cache) => cache.whenSynced));
  }

  /** Watches until the signal fires, then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#caches.map((cache) => cache.run(signal)));
    for (const { keep } of this.#held.values()) keep();
  }

  #watch(selection: Selection): OptionalCache<Lease> {
    const { log } = this.#options;
    const store = new Store<Lease>();
    store.subscribe((change) => this.#see(change, { store, selection }));
    const onDenied = (error: string): void =>
      log.warn('leases may not be watched: a predecessor at work is not noticed', { error });
    return new OptionalCache<Lease>({ ...this.#options, resource: LEASES, selection, store, onDenied });
  }

  #see(change: Change<Lease>, from: Omit<Sight, 'lease'>): void {
    const { clock } = this.#options;
    const { object: lease, type } = change;
    const key = keyOfLease(lease);
    if (type === 'changed' && isSameTerm(lease, change.previous)) return;
    this.#held.get(key)?.keep();
    this.#held.delete(key);
    const isOver = type === 'deleted' || !lease.spec?.holderIdentity || (type === 'added' && isLongOver(lease, clock));
    if (!isOver) this.#hold(key, { ...from, lease }, durationMs(lease));
    this.#tell();
  }

  #hold(key: string, sight: Sight, ms: number): void {
    const keep = this.#options.clock.after(ms, () => void this.#expire(key, sight));
    this.#held.set(key, { lease: sight.lease, keep });
  }

  /** Asks before it believes: what was not heard of may be renewed all the same. */
  async #expire(key: string, sight: Sight): Promise<void> {
    const { api, clock, log } = this.#options;
    const limit = { clock, timeoutMs: CONFIRM_LIMIT_MS, signal: new AbortController().signal };
    try {
      const { items } = await withDeadline(limit, (signal) => api.list<Lease>(LEASES, sight.selection, signal));
      for (const item of items) sight.store.put(item);
      if (this.#held.get(key)?.lease === sight.lease) this.#held.delete(key);
    } catch (error) {
      if (!(error instanceof KubeApiError)) throw error;
      log.warn('the lease of a predecessor cannot be read', { error: error.message });
      if (this.#held.get(key)?.lease === sight.lease) this.#hold(key, sight, RETRY_MS);
    }
    this.#tell();
  }

  #tell(): void {
    const { holder } = this;
    const text = JSON.stringify(holder ?? null);
    if (text === this.#told) return;
    this.#told = text;
    this.#options.onChange(holder);
  }
}

/** That it is at work, as a sentence. */
export const atWork = ({ namespace, lease, identity }: Holder): string =>
  `another operator is at work, and this one does nothing until it has stopped: ${identity} holds the lease ${lease} in` +
  ` namespace ${namespace}`;

const keyOfLease = ({ metadata }: Lease): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

const durationMs = ({ spec }: Lease): number => (spec?.leaseDurationSeconds ?? DEFAULT_DURATION_S) * 1000;

const isLongOver = (lease: Lease, clock: Clock): boolean => {
  const renewedAt = Date.parse(lease.spec?.renewTime ?? '');
  return clock.now() - renewedAt > durationMs(lease) + CLOCK_DIFFERENCE_MS;
};

const holderOf = ({ metadata, spec }: Lease): Holder => ({
  namespace: metadata?.namespace ?? '',
  lease: metadata?.name ?? '',
  identity: spec?.holderIdentity ?? '',
});
