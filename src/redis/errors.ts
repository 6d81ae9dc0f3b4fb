import { ConnectionTimeoutError } from '@redis/client';

/** Why Redis did not do what was asked. `refused`: nothing listens there. `reply`: Redis answered with an error. */
export type RedisErrorCode =
  | 'refused'
  | 'timeout'
  | 'closed'
  | 'auth'
  | 'loading'
  | 'reply'
  | 'unreachable'
  | 'protocol';

/** A failed dial or command. The message never holds a command's arguments, so no secret. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  readonly code: RedisErrorCode;
  /** First word of an error reply, such as `READONLY`; empty for every other code. */
  readonly prefix: string;

  constructor(options: {
    readonly code: RedisErrorCode;
    readonly message: string;
    readonly prefix?: string;
    readonly cause?: unknown;
  }) {
    super(options.message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.prefix = options.prefix ?? '';
  }
}

/** The `RedisError` for whatever a client library or a socket threw. */
export const redisErrorOf = (error: unknown): RedisError => {
  if (error instanceof RedisError) return error;
  const { message, code } = describe(error);
  if (code !== undefined)
    return new RedisError({ code: SYSTEM_CODES.get(code) ?? 'unreachable', message, cause: error });
  if (error instanceof ConnectionTimeoutError) return new RedisError({ code: 'timeout', message, cause: error });
  const prefix = /^[A-Z]+(?= |$)/.exec(message)?.[0];
  return prefix === undefined
    ? new RedisError({ code: 'closed', message, cause: error })
    : new RedisError({ code: codeOfReply(prefix, message), message: withoutArguments(message), prefix });
};

/** Redis repeats the arguments of a command it does not know, a password among them; so no cause is kept either. */
const withoutArguments = (message: string): string => message.replace(/,? with args beginning with:.*/s, '');

const SYSTEM_CODES: ReadonlyMap<string, RedisErrorCode> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'closed'],
  ['EPIPE', 'closed'],
  ['ETIMEDOUT', 'timeout'],
]);

const codeOfReply = (prefix: string, message: string): RedisErrorCode => {
  if (prefix === 'LOADING') return 'loading';
  if (prefix === 'WRONGPASS' || prefix === 'NOAUTH' || /without any password configured/.test(message)) return 'auth';
  return 'reply';
};

const describe = (error: unknown): { readonly message: string; readonly code: string | undefined } => {
  if (!(error instanceof Error)) return { message: String(error), code: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { message: error.message, code };
};
