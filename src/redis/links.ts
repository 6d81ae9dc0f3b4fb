import type { Clock, DialOptions, Endpoint, Random, RedisConnection, RedisDialer, RedisReply } from '../ports.ts';
import { RedisError, redisErrorOf } from './errors.ts';

/** As whom to log in; without a password nothing is said. */
export type LinkLogin = Pick<DialOptions, 'user' | 'password'>;

export type LinkOptions = {
  readonly endpoint: Endpoint;
  readonly dialer: RedisDialer;
  readonly clock: Clock;
  readonly random: Random;
  /** To be tried one after the other while they are refused; none is as one without a password. */
  readonly logins?: readonly LinkLogin[];
  /** Bounds a dial with its login and subscription. */
  readonly timeoutMs: number;
  /** Patterns to subscribe to on every new connection. */
  readonly subscribe?: readonly string[];
  readonly onMessage?: (channel: string, message: string) => void;
  /** Called when the server cannot be reached any more, and again when the reason changed. */
  readonly onLost: (error: RedisError) => void;
  /** Called when a lost connection is back. */
  readonly onRestored: () => void;
};

/** Background dials while the connection is down wait this long, doubling up to the limit. */
const RETRY_MS = 100;
const RETRY_LIMIT_MS = 2_000;

/** A connection that lasts this long is no part of a series of short ones. */
const STABLE_MS = 2_000;

type Down = {
  readonly kind: 'down';
  readonly error: RedisError;
  readonly sinceMs: number;
  readonly cancel: () => void;
};

/** `tries`: dials since the connection was last stable. */
type State =
  | { readonly kind: 'new' }
  | { readonly kind: 'up'; readonly connection: RedisConnection; readonly sinceMs: number; readonly tries: number }
  | Down
  | { readonly kind: 'ended' };

/**
 * One kept connection. When it breaks, a dial is tried at once, because a refusal proves that the process is gone; then
 * again and again with growing delays until it is back. While it is down, a call dials once more where that is quick to
 * answer, and fails at once where nobody answers, so that nobody waits for a pod that is known not to.
 */
export class Link {
  readonly #options: LinkOptions;
  #state: State = { kind: 'new' };
  #dialing: Promise<RedisConnection> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Sends one command, dialing first when the link is new. Rejects with `RedisError`. */
  async call(args: readonly string[], timeoutMs: number): Promise<RedisReply> {
    const connection = await this.#connection();
    try {
      return await connection.call(args, timeoutMs);
    } catch (error) {
      if (error instanceof RedisError && error.code === 'timeout') this.#lost(connection, error);
      throw error;
    }
  }

  /** Ends the connection and every attempt to get another. */
  close(): void {
    const state = this.#state;
    this.#state = { kind: 'ended' };
    if (state.kind === 'up') state.connection.close();
    if (state.kind === 'down') state.cancel();
  }

  #connection(): Promise<RedisConnection> {
    switch (this.#state.kind) {
      case 'up':
        return Promise.resolve(this.#state.connection);
      case 'down':
        return this.#whileDown(this.#state);
      case 'ended':
        return Promise.reject(new RedisError({ code: 'closed', message: 'the link was closed' }));
      case 'new':
        return this.#dial(0);
    }
  }

  #whileDown({ error, sinceMs, cancel }: Down): Promise<RedisConnection> {
    if (error.code === 'timeout' || error.code === 'unreachable') return Promise.reject(error);
    if (this.#dialing !== undefined) return this.#dialing;
    if (this.#options.clock.monotonicMs() - sinceMs < RETRY_MS) return Promise.reject(error);
    cancel();
    return this.#dial(0);
  }

  /** One dial at a time; its outcome becomes the state. */
  #dial(tries: number): Promise<RedisConnection> {
    this.#dialing ??= this.#open().then(
      (connection) => this.#opened(connection, tries),
      (error: unknown) => {
        throw this.#failed(redisErrorOf(error), tries);
      },
    );
    return this.#dialing;
  }

  async #open(): Promise<RedisConnection> {
    const { timeoutMs, subscribe, onMessage } = this.#options;
    const connection = await this.#loggedIn();
    if (subscribe === undefined || onMessage === undefined) return connection;
    try {
      await connection.psubscribe(subscribe, onMessage, timeoutMs);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** The first login that is not refused; when all are, rejects as the first did. */
  async #loggedIn(): Promise<RedisConnection> {
    const { dialer, endpoint, timeoutMs, logins = [] } = this.#options;
    const [first = {}, ...others] = logins;
    try {
      return await dialer.dial(endpoint, { timeoutMs, ...first });
    } catch (error) {
      if (redisErrorOf(error).code !== 'auth') throw error;
      for (const login of others) {
        const connection = await unlessRefused(dialer.dial(endpoint, { timeoutMs, ...login }));
        if (connection !== undefined) return connection;
      }
      throw error;
    }
  }

  #opened(connection: RedisConnection, tries: number): RedisConnection {
    this.#dialing = undefined;
    if (this.#state.kind === 'ended') {
      connection.close();
      throw new RedisError({ code: 'closed', message: 'the link was closed' });
    }
    const wasDown = this.#state.kind === 'down';
    const sinceMs = this.#options.clock.monotonicMs();
    this.#state = { kind: 'up', connection, sinceMs, tries: wasDown ? tries + 1 : 0 };
    void connection.closed.then(() =>
      this.#lost(connection, new RedisError({ code: 'closed', message: 'the connection was lost' })),
    );
    if (wasDown) this.#options.onRestored();
    return connection;
  }

  /** The established connection is gone: find out at once whether the process is too, unless it never lasts. */
  #lost(connection: RedisConnection, error: RedisError): void {
    if (this.#state.kind !== 'up' || this.#state.connection !== connection) return;
    const atMs = this.#options.clock.monotonicMs();
    const tries = atMs - this.#state.sinceMs < STABLE_MS ? this.#state.tries : 0;
    this.#down(error, tries === 0 ? () => undefined : this.#later(tries - 1, tries));
    if (tries === 0) this.#dial(0).catch(() => undefined);
    this.#options.onLost(error);
  }

  #failed(error: RedisError, tries: number): RedisError {
    this.#dialing = undefined;
    if (this.#state.kind === 'ended') return error;
    const before = this.#state.kind === 'down' ? this.#state.error.code : undefined;
    this.#down(error, this.#later(tries, tries + 1));
    if (error.code !== before) this.#options.onLost(error);
    return error;
  }

  #down(error: RedisError, cancel: () => void): void {
    this.#state = { kind: 'down', error, sinceMs: this.#options.clock.monotonicMs(), cancel };
  }

  /** Dials after a delay that doubles with each of the `waits` before it; returns what calls that off. */
  #later(waits: number, tries: number): () => void {
    const { clock, random } = this.#options;
    const delayMs = Math.min(RETRY_MS * 2 ** waits, RETRY_LIMIT_MS) * (0.8 + 0.4 * random.next());
    return clock.after(delayMs, () => {
      this.#dial(tries).catch(() => undefined);
    });
  }
}

/** Undefined when the login is refused. */
const unlessRefused = async (dial: Promise<RedisConnection>): Promise<RedisConnection | undefined> => {
  try {
    return await dial;
  } catch (error) {
    if (redisErrorOf(error).code === 'auth') return undefined;
    throw error;
  }
};
