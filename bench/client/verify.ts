/** Counts acknowledged keys that the master does not have. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, LoadError } from './connection.ts';
import type { KeyRange, Verification } from './events.ts';
import { withLostKey } from './gaps.ts';
import { keyOf } from './load.ts';
import { elementsOf } from './resp.ts';

/** How long one command of the verification may take: longer than a write, since it measures nothing. */
export const READ_TIMEOUT_MS = 5_000;
const BATCH = 500;
const RANGE_LIMIT = 200;
const ATTEMPT_INTERVAL_MS = 500;
/** No attempt begins later. */
const ATTEMPTS_LIMIT_MS = 25_000;

/** What was written: when each key was acknowledged, by its number. */
export type Written = { readonly prefix: string; readonly acknowledgedAt: readonly number[] };

/** The part of a connection that is needed here. */
export type Questions = Pick<Connection, 'endpoint' | 'call' | 'close'>;

/** Looks for every key in the master that `connect` finds. Tries for 25 s, since there may be none just now. */
export const verify = async (connect: () => Promise<Questions>, written: Written): Promise<Verification> => {
  const deadline = performance.now() + ATTEMPTS_LIMIT_MS;
  for (;;) {
    try {
      return await verifyOnce(await connect(), written);
    } catch (error) {
      if (performance.now() > deadline) return { kind: 'failed', message: String(error) };
    }
    await sleep(ATTEMPT_INTERVAL_MS);
  }
};

/**
 * One attempt. Rejects when what `connection` leads to is no master before or after the reading: a replica that is being
 * filled lacks keys that are not lost.
 */
export const verifyOnce = async (connection: Questions, written: Written): Promise<Verification> => {
  try {
    await requireMaster(connection);
    const found = await findLost(connection, written);
    await requireMaster(connection);
    const { host, port } = connection.endpoint;
    return { kind: 'verified', master: `${host}:${port}`, ...found };
  } finally {
    connection.close();
  }
};

const requireMaster = async (connection: Questions): Promise<void> => {
  const [role] = elementsOf(await connection.call('ROLE'));
  if (role !== 'master')
    throw new LoadError('NOTMASTER', `what the Sentinel calls the master is a ${JSON.stringify(role)}`);
};

type Lost = { readonly lost: number; readonly lostKeys: readonly KeyRange[] };

const findLost = async (connection: Questions, { prefix, acknowledgedAt }: Written): Promise<Lost> => {
  let lost = 0;
  let lostKeys: readonly KeyRange[] = [];
  for (let first = 0; first < acknowledgedAt.length; first += BATCH) {
    const times = acknowledgedAt.slice(first, first + BATCH);
    const keys = times.map((_, index) => keyOf(prefix, first + index));
    const values = elementsOf(await connection.call('MGET', ...keys));
    for (const [index, acknowledged] of times.entries()) {
      const number = first + index;
      if (values[index] === String(number)) continue;
      lost++;
      if (lostKeys.length < RANGE_LIMIT) lostKeys = withLostKey(lostKeys, { number, acknowledgedAt: acknowledged });
    }
  }
  return { lost, lostKeys };
};
