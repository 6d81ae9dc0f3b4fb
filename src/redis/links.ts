import type { Clock, Endpoint, Random, RedisConnection, RedisDialer, RedisReply } from '../ports.ts';
import { RedisError, redisErrorOf } from './errors.ts';

export type LinkOptions = {
  readonly endpoint: Endpoint;
  readonly dialer: RedisDialer;
  readonly clock: Clock;
  readonly random: Random;
  readonly password?: string;
  /** Bounds a dial with its login and subscription. */
  readonly timeoutMs: number;
  /** Patterns to subscribe to on every new connection. */
  readonly subscribe?: readonly string[];
  readonly onMessage?: (channel: string, message: string) => void;
  /** Called when an established connection is gone, and again when the reason became clearer. */
  readonly onLost: () => void;
  /** Called when a lost connection is back. */
  readonly onRestored: () => void;
};

/** Background dials while the connection is down wait this long, doubling up to the limit. */
const RETRY_MS = 100;
const RETRY_LIMIT_MS = 2_000;

type State =
  | { readonly kind: 'new' }
  | { readonly kind: 'up'; readonly connection: RedisConnection }
  | { readonly kind: 'down'; readonly error: RedisError; readonly retries: number; readonly cancel: () => void }
  | { readonly kind: 'ended' };

/**
 * One kept connection. When it breaks, a dial is tried at once, because a refusal proves that the process is gone; then
 * again and again with growing delays until it is back. While it is down, calls fail at once with the last known reason,
 * so that nobody waits for a pod that is known not to answer.
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
    return connection.call(args, timeoutMs);
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
        return Promise.reject(this.#state.error);
      case 'ended':
        return Promise.reject(new RedisError({ code: 'closed', message: 'the link was closed' }));
      case 'new':
        return this.#dial(0);
    }
  }

  /** One dial at a time; its outcome becomes the state. */
  #dial(retries: number): Promise<RedisConnection> {
    this.#dialing ??= this.#open()
      .then(
        (connection) => this.#opened(connection),
        (error: unknown) => {
          throw this.#failed(redisErrorOf(error), retries);
        },
      )
      .finally(() => {
        this.#dialing = undefined;
      });
    return this.#dialing;
  }

  async #open(): Promise<RedisConnection> {
    const { dialer, endpoint, password, timeoutMs, subscribe, onMessage } = this.#options;
    const connection = await dialer.dial(endpoint, { timeoutMs, ...(password !== undefined && { password }) });
    if (subscribe === undefined || onMessage === undefined) return connection;
    try {
      await connection.psubscribe(subscribe, onMessage, timeoutMs);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #opened(connection: RedisConnection): RedisConnection {
    if (this.#state.kind === 'ended') {
      connection.close();
      throw new RedisError({ code: 'closed', message: 'the link was closed' });
    }
    const wasDown = this.#state.kind === 'down';
    this.#state = { kind: 'up', connection };
    void connection.closed.then(() => this.#lost(connection));
    if (wasDown) this.#options.onRestored();
    return connection;
  }

  /** The established connection is gone: find out at once whether the process is too. */
  #lost(connection: RedisConnection): void {
    if (this.#state.kind !== 'up' || this.#state.connection !== connection) return;
    const error = new RedisError({ code: 'closed', message: 'the connection was lost' });
    this.#state = { kind: 'down', error, retries: 0, cancel: () => undefined };
    this.#options.onLost();
    this.#dial(0).catch(() => undefined);
  }

  #failed(error: RedisError, retries: number): RedisError {
    if (this.#state.kind === 'ended') return error;
    const before = this.#state.kind === 'down' ? this.#state.error.code : undefined;
    const { clock, random, onLost } = this.#options;
    const delayMs = Math.min(RETRY_MS * 2 ** retries, RETRY_LIMIT_MS) * (0.8 + 0.4 * random.next());
    const cancel = clock.after(delayMs, () => {
      this.#dial(retries + 1).catch(() => undefined);
    });
    this.#state = { kind: 'down', error, retries, cancel };
    if (error.code !== before) onLost();
    return error;
  }
}
