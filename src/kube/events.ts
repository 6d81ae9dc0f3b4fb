import type { Event, ObjectReference } from 'kubernetes-types/core/v1.js';
import type { Clock, KubeApi, KubeObject, Log, Random, Resource } from '../ports.ts';
import { withDeadline } from './deadline.ts';
import { hasCode } from './errors.ts';
import { EventAllowance } from './event-allowance.ts';

export const EVENTS: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

/** What happened to an object, for its user to read in `kubectl describe`. `reason` is one word in CamelCase. */
export type Notice = {
  /** The object it happened to; must have its `apiVersion` and `kind`. */
  readonly regarding: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
};

export type EventRecorderOptions = {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Who says so: the FROM column of `kubectl describe`. */
  readonly component: string;
  /** Which instance of it, a pod's name. */
  readonly instance?: string;
};

/** Takes a notice and returns at once; `drain` resolves once everything taken so far is written or given up. */
export type EventSink = { (notice: Notice): void; drain(): Promise<void> };

/**
 * Writes Kubernetes Events, one at a time and best effort: what cannot be written is logged. Core v1 Events, because
 * `kubectl describe` and `kubectl get events` show their count as "(x4 over 2m)".
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
export const createEventRecorder = (options: EventRecorderOptions): EventSink => {
  const recorder = new EventRecorder(options);
  return Object.assign((notice: Notice) => recorder.emit(notice), { drain: () => recorder.drain() });
};

/** A notice that comes again within this time is counted on the Event it made before. */
const REPEAT_WINDOW_MS = 600_000;
/** Events that can still be counted on; the one used longest ago is forgotten first. */
const CACHE_LIMIT = 4096;
/** Notices that wait to be written; more are dropped. */
const PENDING_LIMIT = 256;
const WRITE_TIMEOUT_MS = 5000;
/** The API server refuses longer messages. */
const MESSAGE_LIMIT = 1024;

/** An Event that was written, and when it was last counted on. */
type Written = { readonly event: Event; readonly atMs: number };

/** The notices that wait, and the Events that were written lately. */
class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #allowance: EventAllowance;
  readonly #written = new Map<string, Written>();
  #pending = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#allowance = new EventAllowance(options.clock);
  }

  emit(notice: Notice): void {
    const { reason } = notice;
    if (this.#pending >= PENDING_LIMIT)
      return this.#options.log.warn('event dropped: too many are waiting', { reason });
    if (!this.#allowance.take(notice.regarding.metadata?.uid ?? '')) {
      return this.#options.log.debug('event dropped: too many about this object', { reason });
    }
    this.#pending += 1;
    this.#last = this.#last.then(() => this.#write(notice));
  }

  drain(): Promise<void> {
    return this.#last;
  }

  async #write(notice: Notice): Promise<void> {
    const { clock, log } = this.#options;
    const signal = new AbortController().signal;
    try {
      await withDeadline({ clock, timeoutMs: WRITE_TIMEOUT_MS, signal }, (limited) => this.#record(notice, limited));
    } catch (error) {
      log.warn('event not written', { reason: notice.reason, error });
    } finally {
      this.#pending -= 1;
    }
  }

  async #record(notice: Notice, signal: AbortSignal): Promise<void> {
    const key = JSON.stringify([notice.regarding.metadata?.uid, notice.type, notice.reason, notice.message]);
    const atMs = this.#options.clock.monotonicMs();
    const before = this.#written.get(key);
    const isRepeat = before !== undefined && atMs - before.atMs < REPEAT_WINDOW_MS;
    const counted = isRepeat ? await this.#count(before.event, signal) : undefined;
    const event = counted ?? (await this.#options.api.create(EVENTS, this.#eventFor(notice), signal));
    this.#written.delete(key);
    this.#written.set(key, { event, atMs });
    const oldest = this.#written.keys().next();
    if (this.#written.size > CACHE_LIMIT && oldest.done !== true) this.#written.delete(oldest.value);
  }

  /** Counts one more on an Event, or returns undefined when the API server has dropped it since. */
  async #count({ metadata, count = 1 }: Event, signal: AbortSignal): Promise<Event | undefined> {
    const { namespace = 'default', name = '' } = metadata;
    const patch = { count: count + 1, lastTimestamp: timestamp(this.#options.clock.now()) };
    try {
      return await this.#options.api.mergePatch<Event>(EVENTS, { namespace, name, patch }, signal);
    } catch (error) {
      if (hasCode(error, 'not-found')) return undefined;
      throw error;
    }
  }

  #eventFor({ regarding, type, reason, message }: Notice): Event {
    const { clock, random, component, instance = component } = this.#options;
    const time = timestamp(clock.now());
    const { name = '', namespace = 'default' } = regarding.metadata ?? {};
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace, name: `${name.slice(0, 200)}.${random.uuid()}` },
      involvedObject: referenceTo(regarding),
      type,
      reason,
      message: message.length > MESSAGE_LIMIT ? `${message.slice(0, MESSAGE_LIMIT - 1)}…` : message,
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      source: { component },
      reportingComponent: component,
      reportingInstance: instance,
    };
  }
}

const referenceTo = ({ apiVersion, kind, metadata }: KubeObject): ObjectReference => ({
  ...(apiVersion !== undefined && { apiVersion }),
  ...(kind !== undefined && { kind }),
  ...(metadata?.name !== undefined && { name: metadata.name }),
  ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
  ...(metadata?.uid !== undefined && { uid: metadata.uid }),
  ...(metadata?.resourceVersion !== undefined && { resourceVersion: metadata.resourceVersion }),
});

const timestamp = (now: number): string => `${new Date(now).toISOString().slice(0, 19)}Z`;
