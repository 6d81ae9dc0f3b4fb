/**
 * The load client that runs in a pod, on Node.js alone. Writes until SIGTERM or its longest time, verifies what was
 * acknowledged, and says everything in lines of JSON (events.ts). Settings come from the environment:
 * LOAD_CLIENT (sentinel or service), LOAD_SENTINEL and LOAD_MASTER_SERVICE (`host:port`), LOAD_PREFIX, LOAD_SECONDS,
 * REDIS_PASSWORD.
 */
import type { Endpoint } from './connection.ts';
import type { ClientKind, LoadEvent } from './events.ts';
import { now, writeUntilStopped } from './load.ts';
import { connectAsClient, connectThroughSentinel, type Target } from './master.ts';
import { verify } from './verify.ts';

const LONGEST_SECONDS = 3_600;

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

const endpoint = (name: string): Endpoint => {
  const [host = '', port = ''] = setting(name).split(':');
  return { host, port: Number(port) };
};

const clientKind = (): ClientKind => {
  const value = setting('LOAD_CLIENT');
  if (value === 'sentinel' || value === 'service') return value;
  throw new Error(`LOAD_CLIENT=${value}: sentinel or service`);
};

const say = (event: LoadEvent): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

const stopSignal = (): AbortSignal => {
  const told = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => told.abort());
  const seconds = Math.min(Number(setting('LOAD_SECONDS')), LONGEST_SECONDS);
  return AbortSignal.any([told.signal, AbortSignal.timeout(seconds * 1000)]);
};

const main = async (): Promise<void> => {
  const client = clientKind();
  const target: Target = {
    client,
    sentinel: endpoint('LOAD_SENTINEL'),
    masterService: endpoint('LOAD_MASTER_SERVICE'),
    password: process.env['REDIS_PASSWORD'],
  };
  const prefix = setting('LOAD_PREFIX');
  say({ event: 'start', client, at: now(), prefix });
  const load = { prefix, say, signal: stopSignal(), connect: () => connectAsClient(target) };
  const { statistics, errors } = await writeUntilStopped(load);
  const { acknowledged, longestGapMs, gaps } = statistics;
  const verification = await verify(() => connectThroughSentinel(target), { prefix, acknowledged });
  say({ event: 'summary', client, at: now(), acknowledged, longestGapMs, gaps, errors, verification });
};

await main();
process.exit();
