/**
 * The load client that runs in a pod, on Node.js alone. Writes until SIGTERM or its longest time, verifies what was
 * acknowledged, and says everything in lines of JSON (events.ts). Settings come from the environment (settings.ts).
 */
import type { LoadEvent } from './events.ts';
import { now, writeUntilStopped } from './load.ts';
import { connectAsClient, connectThroughSentinel } from './master.ts';
import { readSettings } from './settings.ts';
import { READ_TIMEOUT_MS, verify } from './verify.ts';

const say = (event: LoadEvent): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

const stopSignal = (longestMs: number): AbortSignal => {
  const told = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => told.abort());
  return AbortSignal.any([told.signal, AbortSignal.timeout(longestMs)]);
};

const main = async (): Promise<void> => {
  const { target, prefix, longestMs } = readSettings(process.env);
  const { client } = target;
  say({ event: 'start', client, at: now(), prefix });
  const load = { prefix, say, signal: stopSignal(longestMs), connect: () => connectAsClient(target) };
  const { statistics, errors, acknowledgedAt } = await writeUntilStopped(load);
  const { acknowledged, longestGapMs, gaps } = statistics;
  const connect = () => connectThroughSentinel(target, READ_TIMEOUT_MS);
  const verification = await verify(connect, { prefix, acknowledgedAt });
  say({ event: 'summary', client, at: now(), acknowledged, longestGapMs, gaps, errors, verification });
};

await main();
process.exit();
