/** The caches: every RedisFailover, its children, its pods, and the Secrets that failovers name. */
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { PersistentVolumeClaim, Pod, Secret } from 'kubernetes-types/core/v1.js';
import { NAME_LABEL } from '../api/names.ts';
import type { RedisFailover } from '../api/types.ts';
import type { Children } from '../core/observation.ts';
import { Reflector } from '../kube/reflector.ts';
import { keyOf, Store } from '../kube/store.ts';
import type { Clock, KubeApi, KubeObject, Log, ObjectKey, Random, Resource, Selection } from '../ports.ts';
import { CordonedNodes } from './cordoned-nodes.ts';
import {
  CLAIMS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  DISRUPTION_BUDGETS,
  PODS,
  REDIS_FAILOVERS,
  SECRETS,
  SERVICES,
  STATEFUL_SETS,
} from './kinds.ts';

/** `namespace/name` of a RedisFailover: the key of the work queue. */
export type FailoverKey = string;

type World = { readonly api: KubeApi; readonly clock: Clock; readonly random: Random; readonly log: Log };

type Options = World & {
  /** Undefined means all namespaces. */
  readonly namespaces: readonly string[] | undefined;
  /** Called with the failover that something changed for. */
  readonly onChange: (key: FailoverKey) => void;
};

/** Whether a cache holds a complete list yet. */
type Filling = { readonly whenSynced: Promise<void>; readonly synced: boolean };

/** Watches everything the operator decides on. `run` fills the caches until its signal fires. */
export class Watches {
  readonly #options: Options;
  readonly #failovers: readonly Store<RedisFailover>[];
  readonly #pods: readonly Store<Pod>[];
  readonly #statefulSets: readonly Store<StatefulSet>[];
  readonly #deployments: readonly Store<Deployment>[];
  readonly #claims: readonly Store<PersistentVolumeClaim>[];
  readonly #others: readonly Store<KubeObject>[];
  readonly #cordoned: CordonedNodes;
  readonly #secrets = new Map<
    string,
    { readonly store: Store<Secret>; readonly stop: AbortController; readonly ended: Promise<unknown> }
  >();
  readonly #reflectors: { readonly store: Filling; readonly run: (signal: AbortSignal) => Promise<void> }[] = [];
  #signal: AbortSignal | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#failovers = this.#watch<RedisFailover>(REDIS_FAILOVERS, '');
    this.#pods = this.#watch<Pod>(PODS, NAME_LABEL);
    this.#statefulSets = this.#watch<StatefulSet>(STATEFUL_SETS, NAME_LABEL);
    this.#deployments = this.#watch<Deployment>(DEPLOYMENTS, NAME_LABEL);
    this.#claims = this.#watch<PersistentVolumeClaim>(CLAIMS, NAME_LABEL);
    this.#others = [CONFIG_MAPS, SECRETS, SERVICES, DISRUPTION_BUDGETS].flatMap((kind) =>
      this.#watch(kind, NAME_LABEL),
    );
    this.#cordoned = new CordonedNodes({ ...options, onChange: (node) => this.#enqueuePodsOn(node) });
    this.#reflectors.push({ store: this.#cordoned, run: (signal) => this.#cordoned.run(signal) });
  }

  /** Fills the caches until the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }

  /** Resolves once every cache holds a complete list. */
  async whenSynced(): Promise<void> {
    await Promise.all(this.#reflectors.map(({ store }) => store.whenSynced));
  }

  get synced(): boolean {
    return this.#reflectors.every(({ store }) => store.synced);
  }

  keys(): readonly FailoverKey[] {
    return this.#failovers.flatMap((store) => store.list()).map((failover) => keyOfMetadata(failover));
  }

  failover(key: ObjectKey): RedisFailover | undefined {
    return first(this.#failovers.map((store) => store.get(key)));
  }

  pods(key: FailoverKey): readonly Pod[] {
    return this.#pods.flatMap((store) => store.byIndex(key));
  }

  /** Whether a node takes no new pods; no node where the operator may not see them. */
  isCordoned(node: string): boolean {
    return this.#cordoned.has(node);
  }

  children(key: FailoverKey): Children {
    const statefulSet = first(this.#statefulSets.flatMap((store) => store.byIndex(key)));
    const deployment = first(this.#deployments.flatMap((store) => store.byIndex(key)));
    return {
      ...(statefulSet && { statefulSet }),
      ...(deployment && { deployment }),
      claims: this.#claims.flatMap((store) => store.byIndex(key)),
      others: new Map(
        this.#others
          .flatMap((store) => store.byIndex(key))
          .map((object) => [`${object.kind}/${object.metadata?.name}`, object]),
      ),
    };
  }

  /** The Secret a failover names, watched from the first call on; undefined while it does not exist or is not read yet. */
  async secret(key: ObjectKey): Promise<Secret | undefined> {
    const watched = this.#secrets.get(keyOf(key)) ?? this.#watchSecret(key);
    await Promise.race([watched.store.whenSynced, watched.ended]);
    return watched.store.get(key);
  }

  /** Ends the watches of Secrets that no failover names any more. */
  dropUnusedSecrets(): void {
    const failovers = this.#failovers.flatMap((store) => store.list());
    const wanted = new Set(
      failovers.flatMap((one) => secretsOf(one).map((name) => `${one.metadata.namespace}/${name}`)),
    );
    for (const [key, { stop }] of this.#secrets) {
      if (wanted.has(key)) continue;
      stop.abort();
      this.#secrets.delete(key);
    }
  }

  #watchSecret(key: ObjectKey) {
    const store = new Store<Secret>({ transform: dropManagedFields });
    const stop = new AbortController();
    store.subscribe(() => this.#enqueueUsersOf(key));
    const selection = {
      ...(key.namespace !== undefined && { namespace: key.namespace }),
      fieldSelector: `metadata.name=${key.name}`,
    };
    const signal = this.#signal === undefined ? stop.signal : AbortSignal.any([stop.signal, this.#signal]);
    const reflector = new Reflector<Secret>({ ...this.#options, resource: SECRETS, selection, store });
    reflector
      .run(signal)
      .catch((error: unknown) => this.#options.log.error('a watch of a Secret ended', { error: String(error) }));
    const ended = new Promise<unknown>((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
    const watched = { store, stop, ended };
    this.#secrets.set(keyOf(key), watched);
    return watched;
  }

  #enqueueUsersOf(key: ObjectKey): void {
    const users = this.#failovers
      .flatMap((store) => store.list())
      .filter((one) => one.metadata.namespace === key.namespace && secretsOf(one).includes(key.name));
    for (const user of users) this.#options.onChange(keyOfMetadata(user));
  }

  #enqueuePodsOn(node: string): void {
    const there = this.#pods.flatMap((store) => store.list()).filter(({ spec }) => spec?.nodeName === node);
    for (const key of new Set(there.map(keyOfOwner))) this.#options.onChange(key);
  }

  #watch<T extends KubeObject>(resource: Resource, labelSelector: string): readonly Store<T>[] {
    return (this.#options.namespaces ?? [undefined]).map((namespace) => {
      const store = new Store<T>({
        transform: (object) => dropManagedFields({ ...object, kind: resource.kind }),
        index: (object) => [keyOfOwner(object)],
      });
      store.subscribe(({ object }) => this.#options.onChange(keyOfOwner(object)));
      const selection: Selection = {
        ...(namespace !== undefined && { namespace }),
        ...(labelSelector !== '' && { labelSelector }),
      };
      const reflector = new Reflector<T>({ ...this.#options, resource, selection, store });
      this.#reflectors.push({ store, run: (signal) => reflector.run(signal) });
      return store;
    });
  }
}

/** The Secrets with passwords of the user's. */
/** Splits a queue key. */
export const parseKey = (key: FailoverKey): { readonly namespace: string; readonly name: string } => {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name };
};

const keyOfMetadata = ({ metadata }: KubeObject): FailoverKey => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

/** The failover an object belongs to: itself, or the one its label names. */
const keyOfOwner = (object: KubeObject): FailoverKey =>
  object.kind === REDIS_FAILOVERS.kind
    ? keyOfMetadata(object)
    : `${object.metadata?.namespace ?? ''}/${object.metadata?.labels?.[NAME_LABEL] ?? ''}`;

/** Who wrote which field is half of an object's size and of no use here. */
const dropManagedFields = <T extends KubeObject>(object: T): T => {
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _dropped, ...metadata } = object.metadata;
  return { ...object, metadata };
};

const first = <T>(candidates: readonly T[]): T | undefined => candidates.find((one) => one !== undefined);

/** The Secrets with passwords that a failover names. One that an older CRD stored may have no spec. */
const secretsOf = ({ spec }: Partial<Pick<RedisFailover, 'spec'>>): readonly string[] =>
  [spec?.auth?.secretPath, spec?.auth?.sentinelSecretPath, spec?.bootstrapNode?.secretPath].filter(
    (name) => name !== undefined,
  );
