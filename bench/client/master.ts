/** How each client finds the master. */
import { Connection, type Endpoint, LoadError } from './connection.ts';
import type { ClientKind } from './events.ts';
import { elementsOf, type Reply } from './resp.ts';

/** The time that one command, or one connection, may take. */
export const COMMAND_TIMEOUT_MS = 500;

export type Target = {
  readonly client: ClientKind;
  readonly sentinel: Endpoint;
  readonly masterService: Endpoint;
  readonly password: string | undefined;
  /** For Sentinels that ask for one. */
  readonly sentinelPassword: string | undefined;
};

/** A connection to what this client takes for the master. */
export const connectAsClient = (target: Target): Promise<Connection> =>
  target.client === 'sentinel'
    ? connectThroughSentinel(target, COMMAND_TIMEOUT_MS)
    : open(target.masterService, { password: target.password, timeoutMs: COMMAND_TIMEOUT_MS });

/** Asks any Sentinel behind the Service and connects to the master that it names. The limit is that of each command. */
export const connectThroughSentinel = async (target: Target, timeoutMs: number): Promise<Connection> =>
  open(await askSentinel(target), { password: target.password, timeoutMs });

const askSentinel = async ({ sentinel, sentinelPassword }: Target): Promise<Endpoint> => {
  const connection = await open(sentinel, { password: undefined, timeoutMs: COMMAND_TIMEOUT_MS });
  try {
    const [host, port] = elementsOf(await nameMaster(connection, sentinelPassword));
    if (typeof host !== 'string' || typeof port !== 'string')
      throw new LoadError('NOMASTER', 'the Sentinel knows no master');
    return { host, port: Number(port) };
  } finally {
    connection.close();
  }
};

/** Logs in only where it is asked to, because a Sentinel without a password refuses any. */
const nameMaster = async (connection: Connection, password: string | undefined): Promise<Reply> => {
  const ask = () => connection.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster');
  try {
    return await ask();
  } catch (error) {
    if (password === undefined || !(error instanceof LoadError) || error.code !== 'NOAUTH') throw error;
    await connection.call('AUTH', password);
    return ask();
  }
};

type Options = { readonly password: string | undefined; readonly timeoutMs: number };

const open = (endpoint: Endpoint, { password, timeoutMs }: Options): Promise<Connection> =>
  Connection.open(endpoint, { timeoutMs, ...(password !== undefined && { password }) });
