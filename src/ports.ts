/**
 * Everything the operator does to the world passes through these interfaces: the Kubernetes API, Redis connections,
 * time, randomness and the log. `system.ts` and the adapters under `kube/` and `redis/` implement them for a real
 * cluster; a simulated world implements the same ones.
 */
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';

/** One kind of resource as the API server addresses it. `group` is '' for the core group. */
export type Resource = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
};

/** Any Kubernetes object, as the API server sent it: raw JSON, no field dropped, no timestamp converted. */
export type KubeObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
};

/** Where one object lives. `namespace` is left out for cluster-scoped kinds. */
export type ObjectKey = { readonly namespace?: string; readonly name: string };

/** Which objects a list or a watch is about. */
export type Selection = {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
};

export type ObjectList<T extends KubeObject> = { readonly items: readonly T[]; readonly resourceVersion: string };

/** One line of a watch response. `ERROR` carries a Status whose `code` 410 means: list again. */
export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; readonly message?: string } };

/** What must still be true of an object when it is deleted; the API server answers 409 when it is not. */
export type DeleteOptions = {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
};

/**
 * The Kubernetes API. Every method rejects with a `KubeApiError` (see `kube/errors.ts`) and takes a signal that ends the
 * request. https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export interface KubeApi {
  list<T extends KubeObject>(resource: Resource, selection: Selection, signal: AbortSignal): Promise<ObjectList<T>>;
  /** Yields events from `resourceVersion` on until the server ends the response (return) or the signal fires. */
  watch<T extends KubeObject>(
    resource: Resource,
    selection: Selection & { readonly resourceVersion: string },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
  /** Undefined when there is no such object. */
  get<T extends KubeObject>(resource: Resource, key: ObjectKey, signal: AbortSignal): Promise<T | undefined>;
  /** Server-side apply with force, as field manager `redis-operator`. */
  apply<T extends KubeObject>(resource: Resource, object: T, signal: AbortSignal): Promise<T>;
  create<T extends KubeObject>(resource: Resource, object: T, signal: AbortSignal): Promise<T>;
  /** PUT: 409 when `metadata.resourceVersion` is not the stored one. */
  replace<T extends KubeObject>(resource: Resource, object: T, signal: AbortSignal): Promise<T>;
  /** JSON merge patch; put `metadata.resourceVersion` or `metadata.uid` into the patch to make it conditional. */
  mergePatch<T extends KubeObject>(
    resource: Resource,
    target: ObjectKey & { readonly subresource?: 'status' | 'resize'; readonly patch: object },
    signal: AbortSignal,
  ): Promise<T>;
  /** Resolves to false when the object was already gone. */
  delete(resource: Resource, key: ObjectKey & DeleteOptions, signal: AbortSignal): Promise<boolean>;
}

/** A host (an IP address or a DNS name) and a TCP port. */
export type Endpoint = { readonly host: string; readonly port: number };

/** A Redis reply: simple and bulk strings as string, integers as number, arrays, maps as flat arrays, null. */
export type RedisReply = string | number | null | readonly RedisReply[];

/** How to open a Redis connection. `timeoutMs` bounds TCP connect, HELLO and AUTH together. */
export type DialOptions = {
  /** Left out, the default user. */
  readonly user?: string;
  readonly password?: string;
  readonly timeoutMs: number;
};

/**
 * One TCP connection to Redis or Sentinel. It never reconnects and never queues while disconnected. Rejections are
 * `RedisError`s (see `redis/errors.ts`).
 */
export interface RedisConnection {
  /** Sends one command; rejects with code `timeout` after `timeoutMs`, and the connection is then closed. */
  call(args: readonly string[], timeoutMs: number): Promise<RedisReply>;
  /** Turns messages of the patterns into calls of `onMessage`; commands keep working (RESP3). */
  psubscribe(
    patterns: readonly string[],
    onMessage: (channel: string, message: string) => void,
    timeoutMs: number,
  ): Promise<void>;
  /** Resolves (never rejects) once the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Opens connections. Rejects with a `RedisError` whose code says why: refused, timeout, auth, closed … */
export interface RedisDialer {
  dial(endpoint: Endpoint, options: DialOptions): Promise<RedisConnection>;
}

/** Time. `now` is milliseconds since 1970; `monotonicMs` never goes back and has no epoch. */
export interface Clock {
  now(): number;
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason when it fires first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}

/** Randomness: a number in [0, 1), and a UUID. */
export interface Random {
  next(): number;
  uuid(): string;
}

/** Structured log: a constant message, data in fields, never a secret. */
export interface Log {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
  child(fields: object): Log;
}
