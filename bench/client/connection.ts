/** One connection to a Redis or a Sentinel, one command at a time, every answer within a limit. */
import { connect, type Socket } from 'node:net';
import { encodeCommand, isErrorReply, parseReply, type Reply } from './resp.ts';

/** Why a command did not succeed. `code`: TIMEOUT, CLOSED, an error number of the system, or Redis' first word. */
export class LoadError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type Endpoint = { readonly host: string; readonly port: number };

type Waiting = { readonly resolve: (reply: Reply) => void; readonly reject: (error: LoadError) => void };

export class Connection {
  readonly endpoint: Endpoint;
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;
  #failure: LoadError | undefined;

  private constructor(endpoint: Endpoint, timeoutMs: number) {
    this.endpoint = endpoint;
    this.#timeoutMs = timeoutMs;
    this.#socket = connect({ ...endpoint, noDelay: true });
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#fail(new LoadError(error.code ?? 'ERROR', error.message)),
    );
    this.#socket.on('close', () => this.#fail(new LoadError('CLOSED', 'the server closed the connection')));
  }

  /** Resolves the name anew and connects, both within the limit; logs in if there is a password. */
  static async open(
    endpoint: Endpoint,
    options: { readonly timeoutMs: number; readonly password?: string },
  ): Promise<Connection> {
    const connection = new Connection(endpoint, options.timeoutMs);
    try {
      await connection.#within(`connect to ${endpoint.host}`, () =>
        connection.#socket.once('connect', () => connection.#settle('OK')),
      );
      if (options.password !== undefined) await connection.call('AUTH', options.password);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Sends a command. Rejects with a `LoadError` when there is no answer in time or when it is an error. */
  async call(...words: readonly string[]): Promise<Reply> {
    const reply = await this.#within(words[0] ?? '', () => this.#socket.write(encodeCommand(words)));
    if (isErrorReply(reply)) throw new LoadError(reply.error.split(' ', 1)[0] ?? 'ERR', reply.error);
    return reply;
  }

  /** Drops the connection without waiting for anything. */
  close(): void {
    this.#socket.destroy();
  }

  #within(what: string, start: () => unknown): Promise<Reply> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise<Reply>((resolve, reject) => {
      const limit = this.#timeoutMs;
      const timer = setTimeout(() => this.#fail(new LoadError('TIMEOUT', `${what}: no answer in ${limit} ms`)), limit);
      this.#waiting = {
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(reply);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      start();
    });
  }

  #read(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    try {
      const parsed = parseReply(this.#received);
      if (parsed === undefined) return;
      this.#received = this.#received.subarray(parsed.end);
      this.#settle(parsed.reply);
    } catch (error) {
      this.#fail(new LoadError('PROTOCOL', 'not a reply of Redis', { cause: error }));
    }
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(reply);
  }

  /** The first failure is final: a late answer must not be taken for that of the next command. */
  #fail(error: LoadError): void {
    this.#failure ??= error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#failure);
    this.#socket.destroy();
  }
}
