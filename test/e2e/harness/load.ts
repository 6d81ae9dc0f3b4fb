/** The write load of bench/client in a pod of the failover's namespace: both clients, a container each. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Pod } from 'kubernetes-types/core/v1.js';
import {
  type ClientKind,
  type LoadEvent,
  type Progress,
  parseEvents,
  type Summary,
} from '../../../bench/client/events.ts';
import { CHECKOUT } from '../../../cluster/layout.ts';
import { eventually } from './eventually.ts';
import { apply, exec, kubectl, kubectlJson } from './kubectl.ts';
import { loadPod } from './load-pod.ts';
import type { FailoverKey } from './pods.ts';

const CLIENTS: readonly ClientKind[] = ['sentinel', 'service'];
const SOURCES = join(CHECKOUT, 'bench', 'client');
const CONFIG_MAP = 'load-client';
/** So many writes in a row say that a client works. */
const ENOUGH_WRITES = 50;

export type Load = { readonly failover: FailoverKey; readonly pod: string };

/** One value for each client. */
export type PerClient<T> = Readonly<Record<ClientKind, T>>;

export type LoadOptions = {
  /** Node on which the clients must not run. */
  readonly avoidNode?: string;
  /** Secret whose key `password` is the password. */
  readonly secret?: string;
  /** The same for the Sentinels, which the client uses when it is asked for one. */
  readonly sentinelSecret?: string;
};

/** Starts both clients and resolves when both have written. Their pod ends by itself after a quarter of an hour. */
export const startLoad = async (failover: FailoverKey, options: LoadOptions = {}): Promise<Load> => {
  const pod = `load-${Date.now().toString(36)}`;
  await apply(failover.namespace, [clientConfigMap(), loadPod({ failover, pod, configMap: CONFIG_MAP, ...options })]);
  const load = { failover, pod };
  await writesAgain(load, { sentinel: 0, service: 0 });
  return load;
};

/** The clients' sources as they are; Node.js strips their types. */
const clientConfigMap = (): object => {
  const files = globSync('*.ts', { cwd: SOURCES }).filter((file) => !file.endsWith('.test.ts'));
  const data = Object.fromEntries(files.map((file) => [basename(file), readFileSync(join(SOURCES, file), 'utf8')]));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: CONFIG_MAP },
    data: { ...data, 'package.json': '{"type":"module"}\n' },
  };
};

/** How many writes each client has acknowledged so far. */
export const acknowledged = (load: Load): Promise<PerClient<number>> =>
  forEachClient(async (client) => (await lastProgress(load, client)).acknowledged);

/** Resolves when both clients have written well beyond `since` and still do. */
export const writesAgain = async (load: Load, since: PerClient<number>): Promise<void> => {
  await forEachClient((client) =>
    eventually(`the ${client} client writes`, 90_000, async () => {
      const { acknowledged: count, openGapMs } = await lastProgress(load, client);
      const written = count - since[client];
      if (written < ENOUGH_WRITES || openGapMs > 100) {
        throw new Error(`${written} writes acknowledged since the fault, the last of all ${openGapMs} ms ago`);
      }
    }),
  );
};

/** Ends the load; both clients verify what they wrote. Resolves to their summaries, which are printed as well. */
export const stopLoad = async (load: Load): Promise<PerClient<Summary>> => {
  await forEachClient((container) =>
    exec({ ...where(load), container }, ['node', '-e', 'process.kill(1, "SIGTERM")']).catch(ignoreEndedContainer),
  );
  const summaries = await forEachClient((client) =>
    eventually(`the ${client} client has verified its writes`, 60_000, () => summaryOf(load, client)),
  );
  await kubectl(['delete', 'pod', load.pod, '--namespace', load.failover.namespace, '--wait=false']);
  for (const client of CLIENTS) console.log(describeSummary(summaries[client]));
  return summaries;
};

/** The end of one client in a line for the reader of the test's output. */
export const describeSummary = (summary: Summary): string => {
  const { client, acknowledged: count, longestGapMs, verification, errors } = summary;
  const lost = verification.kind === 'verified' ? `${verification.lost} lost` : `not verified: ${verification.message}`;
  const kinds = Object.entries(errors).map(([kind, times]) => `${times} ${kind}`);
  const trouble = kinds.length === 0 ? 'no error' : kinds.join(', ');
  return `  ${client} client: ${count} writes acknowledged, ${lost}, longest gap ${Math.round(longestGapMs)} ms, ${trouble}`;
};

/** The lost keys' numbers; throws when a client could not verify. */
export const lostOf = ({ client, verification }: Summary): number => {
  if (verification.kind === 'verified') return verification.lost;
  throw new Error(`the ${client} client could not verify its writes: ${verification.message}`);
};

const forEachClient = async <T>(ask: (client: ClientKind) => Promise<T>): Promise<PerClient<T>> => {
  const [sentinel, service] = await Promise.all([ask('sentinel'), ask('service')]);
  return { sentinel, service };
};

const where = ({ failover, pod }: Load): { readonly namespace: string; readonly pod: string } => ({
  namespace: failover.namespace,
  pod,
});

/** A client whose longest time is over has ended by itself, and its log is what counts. */
const ignoreEndedContainer = (error: unknown): string => {
  if (error instanceof Error && /not running|completed|container not found/i.test(error.message)) return '';
  throw error;
};

const eventsOf = async (load: Load, client: ClientKind, tail: string): Promise<readonly LoadEvent[]> => {
  const args = ['logs', load.pod, '--namespace', load.failover.namespace, '--container', client, '--tail', tail];
  return parseEvents(await kubectl(args));
};

const lastProgress = async (load: Load, client: ClientKind): Promise<Progress> => {
  const events = await eventsOf(load, client, '40');
  const last = events.findLast((event) => event.event === 'progress');
  if (last === undefined) throw new Error(`no progress in the log of the ${client} client: ${await podState(load)}`);
  return last;
};

const summaryOf = async (load: Load, client: ClientKind): Promise<Summary> => {
  const events = await eventsOf(load, client, '5');
  const summary = events.find((event) => event.event === 'summary');
  if (summary === undefined) throw new Error(`its log ends with ${JSON.stringify(events.at(-1))}`);
  return summary;
};

const podState = async ({ failover, pod }: Load): Promise<string> => {
  const { status } = await kubectlJson<Pod>(['get', 'pod', pod, '--namespace', failover.namespace]);
  return JSON.stringify(status?.containerStatuses?.map(({ name, state }) => ({ name, state })) ?? status?.conditions);
};
