/** Counts acknowledged keys that the master does not have. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, LoadError } from './connection.ts';
import type { KeyRange, Verification } from './events.ts';
import { withLostKey } from './gaps.ts';
import { keyOf } from './load.ts';
import { elementsOf } from './resp.ts';

const BATCH = 500;
const RANGE_LIMIT = 200;
const ATTEMPT_INTERVAL_MS = 500;
const ATTEMPT_LIMIT = 40;

type Written = { readonly prefix: string; readonly acknowledged: number };

/** Looks for every key in the master that `connect` finds. Tries for at least 20 s, since there may be none just now. */
export const verify = async (connect: () => Promise<Connection>, written: Written): Promise<Verification> => {
  let message = '';
  for (let attempt = 0; attempt < ATTEMPT_LIMIT; attempt++) {
    try {
      return await verifyOnce(await connect(), written);
    } catch (error) {
      message = error instanceof Error ? error.message : String(error);
      await sleep(ATTEMPT_INTERVAL_MS);
    }
  }
  return { kind: 'failed', message };
};

const verifyOnce = async (connection: Connection, { prefix, acknowledged }: Written): Promise<Verification> => {
  try {
    await requireMaster(connection);
    let lost = 0;
    let lostKeys: readonly KeyRange[] = [];
    for (let first = 0; first < acknowledged; first += BATCH) {
      const numbers = Array.from({ length: Math.min(BATCH, acknowledged - first) }, (_, index) => first + index);
      for (const number of await missing(connection, prefix, numbers)) {
        lost++;
        if (lostKeys.length < RANGE_LIMIT) lostKeys = withLostKey(lostKeys, number);
      }
    }
    const { host, port } = connection.endpoint;
    return { kind: 'verified', master: `${host}:${port}`, lost, lostKeys };
  } finally {
    connection.close();
  }
};

const requireMaster = async (connection: Connection): Promise<void> => {
  const [role] = elementsOf(await connection.call('ROLE'));
  if (role !== 'master')
    throw new LoadError('NOTMASTER', `what the Sentinel calls the master is a ${JSON.stringify(role)}`);
};

const missing = async (
  connection: Connection,
  prefix: string,
  numbers: readonly number[],
): Promise<readonly number[]> => {
  const values = elementsOf(await connection.call('MGET', ...numbers.map((number) => keyOf(prefix, number))));
  return numbers.filter((number, index) => values[index] !== String(number));
};
