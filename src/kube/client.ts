import type { Clock, KubeApi, KubeObject, ObjectList, Resource, Selection } from '../ports.ts';
import { Credentials } from './credentials.ts';
import { isMissingObject, KubeApiError } from './errors.ts';
import { parseJson } from './json.ts';
import {
  applyRequest,
  createRequest,
  deleteRequest,
  getRequest,
  listRequest,
  mergePatchRequest,
  replaceRequest,
} from './requests.ts';
import { exchange, type KubeRequest, type RequestInfo, type TransportOptions } from './transport.ts';
import { watch } from './watch.ts';

export type KubeApiOptions = {
  /** Path of a kubeconfig; without it as kubectl finds one, or the service account of the pod. */
  readonly kubeconfig?: string;
  /** Who the API server records as the writer of fields, and the user agent. */
  readonly fieldManager: string;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  /** A watch that brings nothing for this long, not even a bookmark, ends with a `timeout` error. */
  readonly watchIdleTimeoutMs?: number;
  readonly onRequest?: (info: RequestInfo) => void;
};

/** The API server of one cluster; `close` ends its connections. */
export type KubeConnection = KubeApi & { close(): Promise<void> };

/**
 * The Kubernetes API over HTTP. Throws when there is no usable kubeconfig; does not connect yet. Rejections are
 * `KubeApiError`s, except that a request ended by its signal rejects with the signal's reason.
 */
export const createKubeApi = (options: KubeApiOptions): KubeConnection => {
  const credentials = Credentials.load(options.kubeconfig);
  const transport: TransportOptions = { ...options, credentials, userAgent: options.fieldManager };
  const { fieldManager } = options;
  return {
    list: (resource, selection, signal) => list(transport, { resource, selection }, signal),
    watch: (resource, selection, signal) =>
      watch(
        { ...transport, idleTimeoutMs: options.watchIdleTimeoutMs ?? WATCH_IDLE_TIMEOUT_MS },
        { resource, selection },
        signal,
      ),
    get: (resource, key, signal) => get(transport, getRequest(resource, key), signal),
    apply: (resource, object, signal) => call(transport, applyRequest(resource, { object, fieldManager }), signal),
    create: (resource, object, signal) => call(transport, createRequest(resource, { object, fieldManager }), signal),
    replace: (resource, object, signal) => call(transport, replaceRequest(resource, { object, fieldManager }), signal),
    mergePatch: (resource, target, signal) =>
      call(transport, mergePatchRequest(resource, { ...target, fieldManager }), signal),
    delete: (resource, target, signal) => remove(transport, deleteRequest(resource, target), signal),
    close: () => credentials.close(),
  };
};

/** Bookmarks come about once a minute, where they come at all. */
const WATCH_IDLE_TIMEOUT_MS = 200_000;
const PAGE_LIMIT = 500;
/** A list longer than this many pages is not ours to hold in memory. */
const PAGES_LIMIT = 400;

/** `T` is what the caller says the resource holds: raw JSON, not checked here. */
const call = <T>(transport: TransportOptions, request: KubeRequest, signal: AbortSignal): Promise<T> =>
  exchange(transport, request, { read: async (response) => parseJson<T>(await response.body.text()), signal });

type Page<T extends KubeObject> = {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
};

const list = async <T extends KubeObject>(
  transport: TransportOptions,
  { resource, selection }: { readonly resource: Resource; readonly selection: Selection },
  signal: AbortSignal,
): Promise<ObjectList<T>> => {
  const items: T[] = [];
  let token: string | undefined;
  for (let pages = 0; pages < PAGES_LIMIT; pages += 1) {
    const page = await call<Page<T>>(
      transport,
      listRequest(resource, { ...selection, limit: PAGE_LIMIT, continue: token }),
      signal,
    );
    items.push(...page.items);
    token = page.metadata.continue;
    if (token === undefined || token === '') return { items, resourceVersion: page.metadata.resourceVersion };
  }
  throw new KubeApiError({ code: 'invalid', message: `more than ${PAGES_LIMIT * PAGE_LIMIT} ${resource.plural}` });
};

const get = async <T extends KubeObject>(
  transport: TransportOptions,
  request: KubeRequest,
  signal: AbortSignal,
): Promise<T | undefined> => {
  try {
    return await call<T>(transport, request, signal);
  } catch (error) {
    if (isMissingObject(error)) return undefined;
    throw error;
  }
};

const remove = async (transport: TransportOptions, request: KubeRequest, signal: AbortSignal): Promise<boolean> => {
  const answer = await get(transport, request, signal);
  return answer !== undefined;
};
