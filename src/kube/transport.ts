import type { Clock } from '../ports.ts';
import type { Authorization, Credentials } from './credentials.ts';
import { withDeadline } from './deadline.ts';
import { errorOfStatus, KubeApiError } from './errors.ts';

/** One request. `path` includes the query; `verb` and `plural` only name it for `onRequest`. */
export type KubeRequest = {
  readonly verb: KubeVerb;
  readonly plural: string;
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
};

export type KubeVerb = 'list' | 'watch' | 'get' | 'apply' | 'create' | 'replace' | 'patch' | 'delete';

/** What is told of every request once its answer began or failed. `status` is 0 when there was no answer. */
export type RequestInfo = {
  readonly verb: KubeVerb;
  readonly resource: string;
  readonly status: number;
  readonly durationMs: number;
};

export type TransportOptions = {
  readonly credentials: Credentials;
  readonly clock: Clock;
  /** Bounds every request from its start to the last byte of its answer; of a watch, to the first byte. */
  readonly requestTimeoutMs: number;
  readonly userAgent: string;
  readonly onRequest?: (info: RequestInfo) => void;
};

type Response = Awaited<ReturnType<Authorization['dispatcher']['request']>>;

const METHODS = {
  list: 'GET',
  watch: 'GET',
  get: 'GET',
  apply: 'PATCH',
  patch: 'PATCH',
  create: 'POST',
  replace: 'PUT',
  delete: 'DELETE',
} as const;

/**
 * Sends a request and hands its answer to `read`. Rejects with a `KubeApiError` for every failure, and with the signal's
 * reason when it was the signal that ended the request.
 */
export const exchange = async <T>(
  options: TransportOptions,
  request: KubeRequest,
  { read, signal }: { readonly read: (response: Response) => Promise<T>; readonly signal: AbortSignal },
): Promise<T> => {
  const { clock, requestTimeoutMs: timeoutMs } = options;
  const startMs = clock.monotonicMs();
  let status = 0;
  try {
    return await withDeadline({ clock, timeoutMs, signal }, async (limited) => {
      const response = await send(options, request, limited);
      status = response.statusCode;
      if (status >= 200 && status < 300) return await read(response);
      throw errorOfStatus(status, await response.body.text());
    });
  } catch (error) {
    throw asKubeApiError(error, signal);
  } finally {
    const durationMs = clock.monotonicMs() - startMs;
    options.onRequest?.({ verb: request.verb, resource: request.plural, status, durationMs });
  }
};

/** A failure of the connection as a `KubeApiError`; a fired signal's reason when the caller ended the request itself. */
export const asKubeApiError = (error: unknown, signal: AbortSignal): unknown => {
  if (signal.aborted) return signal.reason;
  if (error instanceof KubeApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new KubeApiError({ code: 'unreachable', message: `no answer from the API server: ${message}`, cause: error });
};

/** The undici timeouts are off: deadlines here follow the clock of the ports. */
const send = async (options: TransportOptions, request: KubeRequest, signal: AbortSignal): Promise<Response> => {
  const { origin, prefix, headers, dispatcher } = await options.credentials.authorize();
  return dispatcher.request({
    origin,
    path: prefix + request.path,
    method: METHODS[request.verb],
    headers: {
      ...headers,
      accept: 'application/json',
      'user-agent': options.userAgent,
      ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
    },
    body: request.body === undefined ? null : JSON.stringify(request.body),
    headersTimeout: 0,
    bodyTimeout: 0,
    signal,
  });
};
