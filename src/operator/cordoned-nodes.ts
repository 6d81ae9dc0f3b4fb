/** Which nodes are cordoned, if the operator may know. */
import { hasCode, KubeApiError } from '../kube/errors.ts';
import { Reflector } from '../kube/reflector.ts';
import { Store } from '../kube/store.ts';
import type { Clock, KubeApi, KubeObject, Log, Random, Selection } from '../ports.ts';
import { NODES } from './kinds.ts';

type Options = {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called with the name of a node that was cordoned or uncordoned. */
  readonly onChange: (node: string) => void;
};

/** Chosen by the API server, so that no other node is sent or held, however many there are. */
const CORDONED: Selection = { fieldSelector: 'spec.unschedulable=true' };
/** Where nodes may not be seen, it is looked this often whether they may by now. */
const DENIED_RECHECK_MS = 10 * 60_000;

/**
 * The names of the nodes that take no new pods. An operator without the right to see nodes says so once and takes none for
 * cordoned. https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration
 */
export class CordonedNodes {
  readonly #options: Options;
  readonly #store = new Store<KubeObject>({ transform: onlyName });
  readonly #denied = Promise.withResolvers<void>();
  #isDenied = false;

  constructor(options: Options) {
    this.#options = options;
    this.#store.subscribe(({ type, object }) => {
      if (type !== 'changed') options.onChange(object.metadata?.name ?? '');
    });
  }

  has(node: string): boolean {
    return this.#store.get({ name: node }) !== undefined;
  }

  /** Resolves once the nodes are known, or known to be nobody's business. */
  get whenSynced(): Promise<void> {
    return Promise.race([this.#store.whenSynced, this.#denied.promise]);
  }

  get synced(): boolean {
    return this.#isDenied || this.#store.synced;
  }

  /** Keeps the names current until the signal fires, then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      while (!(await this.#mayList(signal))) await clock.sleep(DENIED_RECHECK_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    const reflector = new Reflector({ ...this.#options, resource: NODES, selection: CORDONED, store: this.#store });
    await reflector.run(signal);
  }

  /** Only a refusal counts; every other failure is the reflector's to wait out. */
  async #mayList(signal: AbortSignal): Promise<boolean> {
    const { api, log } = this.#options;
    try {
      await api.list(NODES, CORDONED, signal);
      return true;
    } catch (error) {
      if (!(error instanceof KubeApiError) || signal.aborted) throw error;
      if (!hasCode(error, 'forbidden')) return true;
      if (!this.#isDenied)
        log.info('nodes may not be watched: masters stay on cordoned nodes', { error: error.message });
      this.#isDenied = true;
      this.#denied.resolve();
      return false;
    }
  }
}

const onlyName = ({ metadata }: KubeObject): KubeObject => ({
  metadata: {
    ...(metadata?.name !== undefined && { name: metadata.name }),
    ...(metadata?.resourceVersion !== undefined && { resourceVersion: metadata.resourceVersion }),
  },
});
