import { KubeApiError, type KubeErrorCode } from '../src/kube/errors.ts';
import type {
  Clock,
  DeleteOptions,
  KubeApi,
  KubeObject,
  ObjectKey,
  ObjectList,
  Random,
  Resource,
  Selection,
  WatchEvent,
} from '../src/ports.ts';
import { Collection, type Stored } from './collection.ts';
import { applyOver, frozenCopy, isSameJson, mergePatch } from './json.ts';

/** Kinds whose status is written through the status subresource only; they count generations too. */
const WITH_STATUS = new Set([
  'deployments',
  'persistentvolumeclaims',
  'poddisruptionbudgets',
  'pods',
  'redisfailovers',
  'statefulsets',
]);

/**
 * An API server in memory, as far as the operator uses one. Every behaviour here is checked against a real one by
 * `test/conformance`. Not modelled: validation, defaulting, admission, namespaces that must exist, list types in apply.
 */
export class SimKubeApi implements KubeApi {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #collections = new Map<string, Collection>();
  /** What was applied last, by collection and key. */
  readonly #applied = new Map<string, Stored>();
  #revision = 1;

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  async list<T extends KubeObject>(
    resource: Resource,
    selection: Selection,
    signal: AbortSignal,
  ): Promise<ObjectList<T>> {
    signal.throwIfAborted();
    return { items: as<T[]>(this.#of(resource).select(selection)), resourceVersion: String(this.#revision) };
  }

  watch<T extends KubeObject>(
    resource: Resource,
    selection: Selection & { readonly resourceVersion: string },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>> {
    return as(this.#of(resource).watch(selection, signal));
  }

  async get<T extends KubeObject>(resource: Resource, key: ObjectKey, signal: AbortSignal): Promise<T | undefined> {
    signal.throwIfAborted();
    return as<T | undefined>(this.#of(resource).get(keyOf(resource, key)));
  }

  async create<T extends KubeObject>(resource: Resource, object: T, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    return as<T>(this.#create(resource, object));
  }

  async replace<T extends KubeObject>(resource: Resource, object: T, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const live = this.#existing(resource, keyOfObject(object));
    return as<T>(this.#update(resource, live, object));
  }

  async apply<T extends KubeObject>(resource: Resource, object: T, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const key = keyOf(resource, keyOfObject(object));
    const live = this.#of(resource).get(key);
    const appliedKey = `${collectionKey(resource)} ${key}`;
    const previous = this.#applied.get(appliedKey);
    const next = frozenCopy(object);
    const written =
      live === undefined
        ? this.#create(resource, next)
        : this.#update(resource, live, as(applyOver(live, previous, next)));
    this.#applied.set(appliedKey, next);
    return as<T>(written);
  }

  async mergePatch<T extends KubeObject>(
    resource: Resource,
    target: ObjectKey & { readonly subresource?: 'status'; readonly patch: object },
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted();
    const live = this.#existing(resource, target);
    const patched = as<Stored>(mergePatch(live, target.patch));
    if (target.subresource === undefined) return as<T>(this.#update(resource, live, patched));
    checkUnchanged(live, patched);
    return as<T>(this.#store(resource, live, withStatusOf(live, patched)));
  }

  async delete(resource: Resource, target: ObjectKey & DeleteOptions, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const live = this.#of(resource).get(keyOf(resource, target));
    if (live === undefined) return false;
    const { uid, resourceVersion } = target;
    checkUnchanged(live, { metadata: { ...live.metadata, ...without({ uid, resourceVersion }) } });
    if ((live.metadata?.finalizers ?? []).length === 0) this.#remove(resource, live);
    else this.#store(resource, live, this.#marked(live));
    return true;
  }

  /** Ends all watches of a resource without an error, as API servers do every few minutes. */
  endWatches(resource: Resource): void {
    this.#of(resource).endWatches();
  }

  /** Sends a bookmark to all watches of a resource. */
  bookmark(resource: Resource): void {
    this.#of(resource).bookmark(this.#revision);
  }

  /** Forgets all history: a watch from a version before now gets 410. */
  compact(resource: Resource): void {
    this.#of(resource).compact(this.#revision);
  }

  #create(resource: Resource, object: Stored): Stored {
    const name = object.metadata?.name ?? this.#generateName(object);
    const key = keyOf(resource, { ...keyOfObject(object), name });
    if (this.#of(resource).get(key) !== undefined) {
      throw failure('already-exists', `${resource.plural} "${name}" already exists`);
    }
    const metadata = {
      ...object.metadata,
      name,
      uid: this.#random.uuid(),
      creationTimestamp: this.#timestamp(),
      ...(WITH_STATUS.has(resource.plural) ? { generation: 1 } : {}),
    };
    const bare = WITH_STATUS.has(resource.plural) ? withStatusOf(object, {}) : object;
    return this.#store(resource, undefined, { ...bare, metadata });
  }

  /** A write to the main resource: status stays, what the server owns stays. */
  #update(resource: Resource, live: Stored, object: Stored): Stored {
    checkUnchanged(live, object);
    const { uid, creationTimestamp, generation, deletionTimestamp } = live.metadata ?? {};
    const next = WITH_STATUS.has(resource.plural) ? withStatusOf(object, live) : object;
    const isNewSpec = generation !== undefined && !isSameJson(live.spec, next.spec);
    const owned = without({
      uid,
      creationTimestamp,
      deletionTimestamp,
      generation: isNewSpec ? generation + 1 : generation,
    });
    const written = { ...next, metadata: { ...next.metadata, ...owned } };
    const isDone = deletionTimestamp !== undefined && (next.metadata?.finalizers ?? []).length === 0;
    return isDone ? this.#remove(resource, written) : this.#store(resource, live, written);
  }

  #store(resource: Resource, live: Stored | undefined, next: Stored): Stored {
    const isSame = live !== undefined && isSameJson(withoutVersion(live), withoutVersion(next));
    if (isSame) return live;
    this.#revision += 1;
    const metadata = { ...next.metadata, resourceVersion: String(this.#revision) };
    const after = frozenCopy({ ...next, metadata });
    this.#of(resource).write(keyOf(resource, keyOfObject(after)), { revision: this.#revision, after });
    return after;
  }

  #remove(resource: Resource, live: Stored): Stored {
    const key = keyOf(resource, keyOfObject(live));
    this.#revision += 1;
    this.#applied.delete(`${collectionKey(resource)} ${key}`);
    this.#of(resource).write(key, { revision: this.#revision, after: undefined });
    return live;
  }

  #existing(resource: Resource, key: ObjectKey): Stored {
    const live = this.#of(resource).get(keyOf(resource, key));
    if (live === undefined) throw failure('not-found', `${resource.plural} "${key.name}" not found`);
    return live;
  }

  #marked(live: Stored): Stored {
    const deletionTimestamp = live.metadata?.deletionTimestamp ?? this.#timestamp();
    return { ...live, metadata: { ...live.metadata, deletionTimestamp } };
  }

  #generateName(object: Stored): string {
    const prefix = object.metadata?.generateName;
    if (prefix === undefined) throw failure('invalid', 'name or generateName is required');
    return `${prefix}${this.#random.uuid().slice(0, 5)}`;
  }

  #timestamp(): string {
    return `${new Date(this.#clock.now()).toISOString().slice(0, 19)}Z`;
  }

  #of(resource: Resource): Collection {
    const key = collectionKey(resource);
    const existing = this.#collections.get(key);
    if (existing !== undefined) return existing;
    const collection = new Collection();
    this.#collections.set(key, collection);
    return collection;
  }
}

const collectionKey = ({ group, plural }: Resource): string => `${group}/${plural}`;

const keyOf = (resource: Resource, { namespace, name }: ObjectKey): string =>
  resource.namespaced ? `${namespace ?? 'default'}/${name}` : name;

const keyOfObject = ({ metadata }: KubeObject): ObjectKey => {
  const { name = '', namespace } = metadata ?? {};
  return namespace === undefined ? { name } : { namespace, name };
};

/** Writes are conditional on the UID and the resource version that they carry, if any. */
const checkUnchanged = (live: KubeObject, { metadata }: KubeObject): void => {
  for (const field of ['uid', 'resourceVersion'] as const) {
    const expected = metadata?.[field];
    if (expected !== undefined && expected !== '' && expected !== live.metadata?.[field]) {
      throw failure('conflict', `the object has been modified: ${field} is not ${expected}`);
    }
  }
};

const STATUS_OF: Partial<Record<KubeErrorCode, { readonly status: number; readonly reason: string }>> = {
  'already-exists': { status: 409, reason: 'AlreadyExists' },
  conflict: { status: 409, reason: 'Conflict' },
  invalid: { status: 422, reason: 'Invalid' },
  'not-found': { status: 404, reason: 'NotFound' },
};

const failure = (code: KubeErrorCode, message: string): KubeApiError =>
  new KubeApiError({ code, message, ...STATUS_OF[code] });

/** The object with the status of another one. */
const withStatusOf = (object: Stored, { status }: Stored): Stored => {
  const { status: _, ...rest } = object;
  return status === undefined ? rest : { ...rest, status };
};

const without = <T extends object>(fields: T): Partial<T> =>
  as<Partial<T>>(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));

const withoutVersion = (object: Stored): Stored => {
  const { resourceVersion: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
};

/** What is stored is raw JSON: its type is what the caller says. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters
const as = <T>(value: unknown): T => value as T;
