import type { Clock, KubeApi, KubeObject, Log, Random, Resource, Selection } from '../ports.ts';
import { hasCode, KubeApiError } from './errors.ts';
import { Reflector } from './reflector.ts';
import type { Store } from './store.ts';

/** Where the objects may not be seen, it is looked this often whether they may by now. */
const DENIED_RECHECK_MS = 10 * 60_000;

export type OptionalCacheOptions<T extends KubeObject> = {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly resource: Resource;
  readonly selection: Selection;
  readonly store: Store<T>;
  /** Called once, with what the API server says, when the objects may not be listed. */
  readonly onDenied: (message: string) => void;
};

/** Fills a `Store` as a `Reflector` does, with objects that the operator may not be allowed to see: then it stays empty. */
export class OptionalCache<T extends KubeObject> {
  readonly #options: OptionalCacheOptions<T>;
  readonly #denied = Promise.withResolvers<void>();
  #isDenied = false;

  constructor(options: OptionalCacheOptions<T>) {
    this.#options = options;
  }

  /** Resolves once the objects are known, or known to be nobody's business. */
  get whenSynced(): Promise<void> {
    return Promise.race([this.#options.store.whenSynced, this.#denied.promise]);
  }

  get synced(): boolean {
    return this.#isDenied || this.#options.store.synced;
  }

  /** Keeps the store current until the signal fires, then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      while (!(await this.#mayList(signal))) await clock.sleep(DENIED_RECHECK_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    await new Reflector(this.#options).run(signal);
  }

  /** Only a refusal counts; every other failure is the reflector's to wait out. */
  async #mayList(signal: AbortSignal): Promise<boolean> {
    const { api, resource, selection, onDenied } = this.#options;
    try {
      await api.list(resource, selection, signal);
      return true;
    } catch (error) {
      if (!(error instanceof KubeApiError) || signal.aborted) throw error;
      if (!hasCode(error, 'forbidden')) return true;
      if (!this.#isDenied) onDenied(error.message);
      this.#isDenied = true;
      this.#denied.resolve();
      return false;
    }
  }
}
