/** Which nodes are cordoned, if the operator may know. */
import { OptionalCache } from '../kube/optional-cache.ts';
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

/**
 * The names of the nodes that take no new pods. An operator without the right to see nodes says so once and takes none for
 * cordoned. https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration
 */
export class CordonedNodes {
  readonly #store = new Store<KubeObject>({ transform: onlyName });
  readonly #cache: OptionalCache<KubeObject>;

  constructor(options: Options) {
    this.#store.subscribe(({ type, object }) => {
      if (type !== 'changed') options.onChange(object.metadata?.name ?? '');
    });
    this.#cache = new OptionalCache({
      ...options,
      resource: NODES,
      selection: CORDONED,
      store: this.#store,
      onDenied: (error) => options.log.info('nodes may not be watched: masters stay on cordoned nodes', { error }),
    });
  }

  has(node: string): boolean {
    return this.#store.get({ name: node }) !== undefined;
  }

  /** Resolves once the nodes are known, or known to be nobody's business. */
  get whenSynced(): Promise<void> {
    return this.#cache.whenSynced;
  }

  get synced(): boolean {
    return this.#cache.synced;
  }

  /** Keeps the names current until the signal fires, then resolves. */
  run(signal: AbortSignal): Promise<void> {
    return this.#cache.run(signal);
  }
}

const onlyName = ({ metadata }: KubeObject): KubeObject => ({
  metadata: {
    ...(metadata?.name !== undefined && { name: metadata.name }),
    ...(metadata?.resourceVersion !== undefined && { resourceVersion: metadata.resourceVersion }),
  },
});
