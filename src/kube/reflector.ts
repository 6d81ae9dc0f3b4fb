import type { Clock, KubeApi, KubeObject, Log, Random, Resource, Selection, WatchEvent } from '../ports.ts';
import { errorOfStatus, KubeApiError } from './errors.ts';
import { INITIAL_STATE, type ReflectorEvent, type ReflectorState, step } from './reflector-state.ts';
import type { Store } from './store.ts';

export type ReflectorOptions<T extends KubeObject> = {
  readonly api: KubeApi;
  readonly resource: Resource;
  readonly selection: Selection;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

/** Keeps a `Store` equal to what the API server holds, by a list and a watch that goes on from it. */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #log: Log;
  #state: ReflectorState = INITIAL_STATE;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#log = options.log.child({ resource: options.resource.plural });
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** Runs until the signal fires, then resolves. Failures of the API are waited out; only a bug rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#take(await this.#work(signal));
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof KubeApiError)) throw error;
        this.#fail(error);
      }
    }
  }

  /** Does what the state says to do, to its end. */
  async #work(signal: AbortSignal): Promise<ReflectorEvent> {
    switch (this.#state.kind) {
      case 'listing':
        return this.#list(signal);
      case 'watching':
        return this.#watch(this.#state.resourceVersion, signal);
      case 'backing-off':
        await this.#options.clock.sleep(this.#state.delayMs, signal);
        return { kind: 'waited' };
      default:
        return this.#state satisfies never;
    }
  }

  async #list(signal: AbortSignal): Promise<ReflectorEvent> {
    const { api, resource, selection, store } = this.#options;
    const { items, resourceVersion } = await api.list<T>(resource, selection, signal);
    store.replace(items);
    this.#log.debug('listed', { objects: items.length, resourceVersion });
    return { kind: 'listed', resourceVersion };
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<ReflectorEvent> {
    const { api, resource, selection, clock, random } = this.#options;
    const startMs = clock.monotonicMs();
    for await (const event of api.watch<T>(resource, { ...selection, resourceVersion }, signal)) this.#apply(event);
    return { kind: 'ended', lastedMs: clock.monotonicMs() - startMs, random: random.next() };
  }

  #apply(event: WatchEvent<T>): void {
    if (event.type === 'ERROR') throw errorOfStatus(event.object.code ?? 500, JSON.stringify(event.object));
    if (event.type === 'DELETED') this.#options.store.remove(event.object);
    else if (event.type !== 'BOOKMARK') this.#options.store.put(event.object);
    const resourceVersion = event.object.metadata?.resourceVersion;
    if (resourceVersion !== undefined) this.#take({ kind: 'advanced', resourceVersion });
  }

  #fail(error: KubeApiError): void {
    this.#take({ kind: 'failed', code: error.code, random: this.#options.random.next() });
    const fields = { code: error.code, reason: error.reason, error: error.message, next: this.#state };
    if (error.code === 'gone') this.#log.info('watch expired, listing again', fields);
    else this.#log.warn('list or watch failed', fields);
  }

  #take(event: ReflectorEvent): void {
    this.#state = step(this.#state, event);
  }
}
