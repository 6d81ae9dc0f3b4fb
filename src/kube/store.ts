import type { KubeObject, ObjectKey } from '../ports.ts';

/** What happened to one object; `previous` is what the store held before. */
export type Change<T extends KubeObject> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'changed'; readonly object: T; readonly previous: T }
  | { readonly type: 'deleted'; readonly object: T };

export type StoreOptions<T extends KubeObject> = {
  /** Applied to every object before it is kept: drop here what nobody reads. */
  readonly transform?: (object: T) => T;
  /** The values under which `byIndex` finds an object. */
  readonly index?: (object: T) => readonly string[];
};

/**
 * The objects of one kind as the API server last told them: a cache that a `Reflector` fills. Objects are never changed in
 * place, so they may be kept and compared.
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexed = new Map<string, Set<string>>();
  readonly #listeners = new Set<(change: Change<T>) => void>();
  readonly #transform: (object: T) => T;
  readonly #index: (object: T) => readonly string[];
  readonly #firstList = Promise.withResolvers<void>();
  #synced = false;

  constructor(options: StoreOptions<T> = {}) {
    this.#transform = options.transform ?? ((object) => object);
    this.#index = options.index ?? (() => []);
  }

  /** Resolves once the first list is in; never rejects. */
  get whenSynced(): Promise<void> {
    return this.#firstList.promise;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(keyOf(key));
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  /** The objects whose `index` contains the value. */
  byIndex(value: string): T[] {
    const keys = this.#indexed.get(value) ?? new Set();
    return [...keys].flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** Calls back after every change from now on, in order; a listener must not throw. The result unsubscribes. */
  subscribe(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes a complete list: what is not in it was deleted. */
  replace(objects: readonly T[]): void {
    const listed = new Map(objects.map((object) => [keyOfObject(object), object]));
    for (const key of this.#objects.keys()) if (!listed.has(key)) this.#remove(key);
    for (const [key, object] of listed) if (!isSameVersion(object, this.#objects.get(key))) this.#put(key, object);
    this.#synced = true;
    this.#firstList.resolve();
  }

  /** Takes an object as it is now, unless the store already holds this version or a newer one. */
  put(object: T): void {
    const key = keyOfObject(object);
    if (!isNewer(object, this.#objects.get(key))) return;
    this.#put(key, object);
  }

  /** Takes the news that an object is gone, unless the store holds a newer one of this name. */
  remove(object: T): void {
    const key = keyOfObject(object);
    const held = this.#objects.get(key);
    if (held === undefined || !isNewer(held, object)) this.#remove(key);
  }

  #put(key: string, raw: T): void {
    const previous = this.#objects.get(key);
    const object = this.#transform(raw);
    if (previous !== undefined) this.#unindex(key, previous);
    this.#objects.set(key, object);
    for (const value of this.#index(object)) this.#indexSet(value).add(key);
    this.#tell(previous === undefined ? { type: 'added', object } : { type: 'changed', object, previous });
  }

  #remove(key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#unindex(key, object);
    this.#objects.delete(key);
    this.#tell({ type: 'deleted', object });
  }

  #indexSet(value: string): Set<string> {
    const existing = this.#indexed.get(value);
    if (existing !== undefined) return existing;
    const keys = new Set<string>();
    this.#indexed.set(value, keys);
    return keys;
  }

  #unindex(key: string, object: T): void {
    for (const value of this.#index(object)) {
      const keys = this.#indexed.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.#indexed.delete(value);
    }
  }

  #tell(change: Change<T>): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** `namespace/name`, or `name` of a cluster-scoped object. */
export const keyOf = (key: ObjectKey): string =>
  key.namespace === undefined ? key.name : `${key.namespace}/${key.name}`;

const keyOfObject = ({ metadata }: KubeObject): string => {
  const { name = '', namespace } = metadata ?? {};
  return keyOf(namespace === undefined ? { name } : { namespace, name });
};

const isSameVersion = (left: KubeObject, right: KubeObject | undefined): boolean => {
  const version = left.metadata?.resourceVersion;
  return version !== undefined && version === right?.metadata?.resourceVersion;
};

/**
 * True unless the held one is the same version or a later one. Resource versions are decimal numbers of growing length:
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
const isNewer = (candidate: KubeObject, held: KubeObject | undefined): boolean => {
  const [next, last] = [candidate.metadata?.resourceVersion, held?.metadata?.resourceVersion];
  if (next === undefined || last === undefined) return true;
  return next.length === last.length ? next > last : next.length > last.length;
};
