/** How each client finds the master. */
import { Connection, type Endpoint, LoadError } from './connection.ts';
import type { ClientKind } from './events.ts';
import { elementsOf } from './resp.ts';

/** The time that one command, or one connection, may take. */
export const COMMAND_TIMEOUT_MS = 500;

export type Target = {
  readonly client: ClientKind;
  readonly sentinel: Endpoint;
  readonly masterService: Endpoint;
  readonly password: string | undefined;
};

/** A connection to what this client takes for the master. */
export const connectAsClient = (target: Target): Promise<Connection> =>
  target.client === 'sentinel' ? connectThroughSentinel(target) : open(target.masterService, target.password);

/** Asks any Sentinel behind the Service and connects to the master that it names. */
export const connectThroughSentinel = async (target: Target): Promise<Connection> =>
  open(await askSentinel(target.sentinel), target.password);

const askSentinel = async (sentinel: Endpoint): Promise<Endpoint> => {
  const connection = await open(sentinel, undefined);
  try {
    const reply = await connection.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster');
    const [host, port] = elementsOf(reply);
    if (typeof host !== 'string' || typeof port !== 'string')
      throw new LoadError('NOMASTER', 'the Sentinel knows no master');
    return { host, port: Number(port) };
  } finally {
    connection.close();
  }
};

const open = (endpoint: Endpoint, password: string | undefined): Promise<Connection> =>
  Connection.open(endpoint, { timeoutMs: COMMAND_TIMEOUT_MS, ...(password !== undefined && { password }) });
