import type { Lease } from 'kubernetes-types/coordination/v1.js';
import type { Clock, KubeApi, Log, Random } from '../ports.ts';
import { withDeadline } from './deadline.ts';
import { hasCode } from './errors.ts';
import { LEASES, mayTake, releasedLease, type Sighting, sight, takenLease } from './lease-record.ts';

export type LeaseOptions = {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly namespace: string;
  readonly name: string;
  /** Unique among all candidates, across restarts too. */
  readonly identity: string;
  /** How long others wait for us after our last renewal. */
  readonly durationMs?: number;
  /** How long after our last renewal we stop; shorter than `durationMs`. */
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
};

/** How leading ended: we gave the lease back, or can no longer be sure to hold it (exit at once). */
export type LeadOutcome = 'released' | 'lost';

/**
 * Waits until we hold the lease, then does `work` while renewing it. The work's signal fires when `signal` does, and when the
 * lease is lost. The lease is given back only after the work has ended, so that there are never two leaders. Resolves with
 * 'released' when `signal` fired or the work ended, with 'lost' without waiting for the work; rejects when the work does.
 * https://kubernetes.io/docs/concepts/architecture/leases/
 */
export const lead = async (
  options: LeaseOptions,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<LeadOutcome> => {
  const candidate = new Candidate(options);
  if (!(await candidate.acquire(signal))) return 'released';
  const [stop, stopRenewing] = [new AbortController(), new AbortController()];
  const worked = work(AbortSignal.any([signal, stop.signal]));
  const renewed = candidate.renew(stopRenewing.signal);
  const first = await Promise.race([settled(worked), renewed]);
  if (first === 'lost') {
    stop.abort(new Error('the lease is lost'));
    worked.catch((error: unknown) => options.log.debug('work ended with an error after the lease was lost', { error }));
    return 'lost';
  }
  stopRenewing.abort();
  await renewed;
  await candidate.release();
  await worked;
  return 'released';
};

/** How long a leader that vanished with its node is waited for: about as long as Sentinel takes by default to elect a master. */
const DURATION_MS = 6_000;
const RENEW_DEADLINE_MS = 5_500;
const RETRY_MS = 1_000;
/** Before the deadline a renewal is tried this often at least, however long each takes: one request may hang. */
const ATTEMPTS = 3;
/** A leader whose renewal failed tries again so many times sooner: its time runs out. */
const HASTE = 4;
/** Retries are spread by up to this part of their delay. */
const JITTER = 0.2;

const settled = (promise: Promise<void>): Promise<'ended'> =>
  promise.then(
    () => 'ended',
    () => 'ended',
  );

/** One that wants the lease, or holds it. */
class Candidate {
  readonly #options: LeaseOptions;
  readonly #durationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  #sighting: Sighting | undefined;
  /** The lease as we last wrote it, while nothing tells that it is not so any more. */
  #written: Lease | undefined;
  /** Monotonic time at which our last successful attempt began. */
  #renewedAtMs = 0;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#durationMs = options.durationMs ?? DURATION_MS;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? RENEW_DEADLINE_MS;
    this.#retryMs = options.retryMs ?? RETRY_MS;
  }

  /** Resolves to true once we hold the lease, to false when the signal fired. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if ((await this.#attempt(this.#renewDeadlineMs, signal)) === 'held') {
        this.#options.log.info('lease acquired', { lease: this.#options.name, identity: this.#options.identity });
        return true;
      }
      await this.#pause(signal, this.#retryMs);
    }
    return false;
  }

  /** Renews until somebody else holds the lease or the renewals have failed for too long: 'lost'. Never rejects. */
  async renew(signal: AbortSignal): Promise<'lost' | 'stopped'> {
    let pauseMs = this.#retryMs;
    while (!signal.aborted) {
      await this.#pause(signal, pauseMs);
      const leftMs = this.#renewedAtMs + this.#renewDeadlineMs - this.#options.clock.monotonicMs();
      const timeoutMs = Math.min(leftMs, this.#renewDeadlineMs / ATTEMPTS);
      const outcome = leftMs > 0 ? await this.#attempt(timeoutMs, signal) : 'refused';
      if (signal.aborted) break;
      pauseMs = outcome === 'failed' ? this.#retryMs / HASTE : this.#retryMs;
      if (outcome === 'refused') {
        this.#options.log.error('lease lost', { lease: this.#options.name, identity: this.#options.identity });
        return 'lost';
      }
    }
    return 'stopped';
  }

  /** Gives the lease back if we still hold it. Best effort: it expires anyway. */
  async release(): Promise<void> {
    const { api, clock, identity, log } = this.#options;
    try {
      await withDeadline({ clock, timeoutMs: this.#retryMs, signal: NEVER }, async (signal) => {
        const lease = await api.get<Lease>(LEASES, this.#options, signal);
        if (lease?.spec?.holderIdentity !== identity) return;
        await api.replace(LEASES, releasedLease(lease, clock.now()), signal);
        log.info('lease released', { lease: this.#options.name, identity });
      });
    } catch (error) {
      log.warn('lease not released', { error });
    }
  }

  /** 'refused': somebody else holds it. 'failed': no telling. */
  async #attempt(timeoutMs: number, signal: AbortSignal): Promise<'held' | 'refused' | 'failed'> {
    const { clock, log } = this.#options;
    const startMs = clock.monotonicMs();
    try {
      const held = await withDeadline({ clock, timeoutMs, signal }, (limited) => this.#take(limited));
      if (held) this.#renewedAtMs = startMs;
      return held ? 'held' : 'refused';
    } catch (error) {
      this.#written = undefined;
      const raced = hasCode(error, 'conflict') || hasCode(error, 'already-exists');
      if (!raced && !signal.aborted) log.warn('lease attempt failed', { error });
      return 'failed';
    }
  }

  /** True when we hold the lease afterwards. As long as nobody interferes a renewal is a single request. */
  async #take(signal: AbortSignal): Promise<boolean> {
    const { api, clock, identity, namespace, name } = this.#options;
    const lease = this.#written ?? (await api.get<Lease>(LEASES, { namespace, name }, signal));
    const us = { namespace, name, identity, durationMs: this.#durationMs, now: clock.now() };
    if (lease === undefined) {
      this.#written = await api.create(LEASES, takenLease(undefined, us), signal);
      return true;
    }
    const nowMs = clock.monotonicMs();
    this.#sighting = sight(this.#sighting, lease, nowMs);
    if (!mayTake(this.#sighting, { identity, nowMs })) return false;
    this.#written = await api.replace(LEASES, takenLease(lease, us), signal);
    return true;
  }

  async #pause(signal: AbortSignal, ms: number): Promise<void> {
    const { clock, random } = this.#options;
    try {
      await clock.sleep(ms * (1 + JITTER * random.next()), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

const NEVER = new AbortController().signal;
