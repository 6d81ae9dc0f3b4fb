import { RESP_TYPES, RedisClient } from '@redis/client';
import type { Clock, DialOptions, Endpoint, RedisConnection, RedisDialer, RedisReply } from '../ports.ts';
import { RedisError, redisErrorOf } from './errors.ts';

/** Replies as plain strings, numbers and flat lists, as RESP2 has them. */
const TYPE_MAPPING = { [RESP_TYPES.MAP]: Array, [RESP_TYPES.DOUBLE]: String, [RESP_TYPES.BIG_NUMBER]: String } as const;

/** Commands that may wait for their replies on one connection. */
const QUEUE_LIMIT = 1_000;

type World = {
  readonly clock: Clock;
  /** What CLIENT LIST shows for the connections. */
  readonly clientName: string;
};

/** Dials by `@redis/client`, without its queue and its reconnecting: one socket, RESP3, gone when it is gone. */
export const createRedisDialer = (world: World): RedisDialer => ({
  dial: (endpoint, options) => dial(endpoint, options, world),
});

/** Without `createClient`, which builds a class with a method for every command anew for every address: 59 ms a dial. */
const newClient = (
  { host, port }: Endpoint,
  { user, password, timeoutMs, clientName }: DialOptions & { readonly clientName: string },
) =>
  new RedisClient({
    RESP: 3,
    name: clientName,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_LIMIT,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    socket: { host, port, connectTimeout: timeoutMs, reconnectStrategy: false, noDelay: true },
    commandOptions: { typeMapping: TYPE_MAPPING },
  });

type Client = ReturnType<typeof newClient>;

const dial = async (
  endpoint: Endpoint,
  options: DialOptions,
  { clock, clientName }: World,
): Promise<RedisConnection> => {
  const connection = asConnection(newClient(endpoint, { ...options, clientName }), clock);
  try {
    await connection.open(options.timeoutMs);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
};

const asConnection = (
  client: Client,
  clock: Clock,
): RedisConnection & { readonly open: (timeoutMs: number) => Promise<void> } => {
  const { promise: closed, resolve: ended } = Promise.withResolvers<void>();
  const life = { over: false };
  const close = (): void => {
    life.over = true;
    client.destroy();
    ended();
  };
  // An error means that the socket is gone, or that the server sends what is no reply. What waits for a reply is told
  // the reason first.
  client.on('error', () => queueMicrotask(close));
  // A socket that connects after its dial was given up is not wanted any more.
  client.on('connect', () => {
    if (life.over) client.destroy();
  });
  const limited = <T>(work: Promise<T>, timeoutMs: number): Promise<T> =>
    bounded(work, { clock, timeoutMs, onTimeout: close });
  return {
    closed,
    close,
    open: async (timeoutMs) => {
      await limited(client.connect(), timeoutMs);
    },
    call: async (args, timeoutMs) => plain(await limited<unknown>(client.sendCommand([...args]), timeoutMs)),
    psubscribe: (patterns, onMessage, timeoutMs) =>
      limited(
        client.pSubscribe([...patterns], (message, channel) => onMessage(channel, message)),
        timeoutMs,
      ),
  };
};

/** A reply as the port has it; the type mapping leaves only texts, numbers, null and lists of them. */
const plain = (reply: unknown): RedisReply => {
  if (reply === null || typeof reply === 'string' || typeof reply === 'number') return reply;
  if (Array.isArray(reply)) return reply.map(plain);
  throw new RedisError({ code: 'protocol', message: `a reply of type ${typeof reply} was not expected` });
};

type Bound = { readonly clock: Clock; readonly timeoutMs: number; readonly onTimeout: () => void };

/** The work's outcome, with its error as a `RedisError`; or a `timeout` when it takes too long. */
const bounded = <T>(work: Promise<T>, { clock, timeoutMs, onTimeout }: Bound): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => {
      reject(new RedisError({ code: 'timeout', message: `no answer within ${timeoutMs} ms` }));
      onTimeout();
    });
    work.then(resolve, (error: unknown) => reject(redisErrorOf(error))).finally(cancel);
  });
