import type { Status } from 'kubernetes-types/meta/v1.js';
import { parseJson } from './json.ts';

/** What went wrong, in the words a caller decides on. `timeout` and `unreachable` leave open whether a write happened. */
export type KubeErrorCode =
  | 'already-exists'
  | 'conflict'
  | 'forbidden'
  | 'gone'
  | 'invalid'
  | 'not-found'
  | 'server'
  | 'throttled'
  | 'timeout'
  | 'unauthorized'
  | 'unreachable';

/**
 * A request that the API server refused or did not answer. `status` is the HTTP status, 0 when there was no answer;
 * `reason` is the Status object's, '' when the body was none (an unknown path is such a 404, a missing object is not).
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError';
  readonly code: KubeErrorCode;
  readonly status: number;
  readonly reason: string;

  constructor(options: {
    readonly code: KubeErrorCode;
    readonly message: string;
    readonly status?: number;
    readonly reason?: string;
    readonly cause?: unknown;
  }) {
    super(options.message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.status = options.status ?? 0;
    this.reason = options.reason ?? '';
  }
}

/** The error for an HTTP answer that is not a success, or for the Status of a watch's ERROR event. */
export const errorOfStatus = (status: number, body: string): KubeApiError => {
  const { reason, message, fields } = parseStatus(body);
  return new KubeApiError({
    code: codeOf(status, { reason, fields }),
    status,
    reason,
    message: message === '' ? `the API server answered ${status}` : message,
  });
};

/** True when the error says that this very object does not exist, rather than its kind or its namespace's path. */
export const isMissingObject = (error: unknown): boolean =>
  error instanceof KubeApiError && error.code === 'not-found' && error.reason === 'NotFound';

/** True for a `KubeApiError` with this code. */
export const hasCode = (error: unknown, code: KubeErrorCode): error is KubeApiError =>
  error instanceof KubeApiError && error.code === code;

const CODES: ReadonlyMap<number, KubeErrorCode> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [408, 'timeout'],
  [409, 'conflict'],
  [410, 'gone'],
  [429, 'throttled'],
  [504, 'timeout'],
]);

/** A patch for another uid is refused as an invalid change of an immutable field: like 409, it was meant for another object. */
const codeOf = (
  status: number,
  { reason, fields }: { readonly reason: string; readonly fields: readonly string[] },
): KubeErrorCode => {
  if (reason === 'AlreadyExists') return 'already-exists';
  if (status === 422 && fields.includes('metadata.uid')) return 'conflict';
  return CODES.get(status) ?? (status >= 500 ? 'server' : 'invalid');
};

/** Longest piece of an answer that is no Status object to put into a message. */
const MESSAGE_LIMIT = 200;

const parseStatus = (body: string): { reason: string; message: string; fields: string[] } => {
  try {
    const status = parseJson<Status | null>(body);
    if (status?.kind === 'Status') {
      const fields = (status.details?.causes ?? []).flatMap(({ field }) => field ?? []);
      return { reason: status.reason ?? '', message: status.message ?? '', fields };
    }
  } catch {
    // Not JSON: a proxy or an unknown path answered in plain text.
  }
  return { reason: '', message: body.trim().slice(0, MESSAGE_LIMIT), fields: [] };
};
