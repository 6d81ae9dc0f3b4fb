/** What is kept of a failed test: everything somebody would ask the cluster next, before the namespace is gone. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STATE } from '../../../cluster/layout.ts';
import { MASTER_NAME } from '../../../src/api/names.ts';
import { describeStatus, getFailover } from './failover.ts';
import { kubectl } from './kubectl.ts';
import { operatorLogs } from './operator.ts';
import { type FailoverKey, podsOf } from './pods.ts';
import { redisCli, sentinelCli } from './redis-cli.ts';

const FAILURES = join(STATE, 'failures');
const EXTRACT_LINES = 15;
/** The heading and two pods, before their logs. */
const OPERATOR_LINES = 3;
const QUESTIONS = [['MASTERS'], ['REPLICAS', MASTER_NAME], ['SENTINELS', MASTER_NAME]] as const;

/** Writes the state of a failover to files under `.cluster/failures` and prints the most telling lines. Never rejects. */
export const dumpFailure = async (title: string, failovers: readonly FailoverKey[]): Promise<void> => {
  const folder = join(
    FAILURES,
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 80),
  );
  await mkdir(folder, { recursive: true });
  const logs = await keep(folder, 'operator.log', operatorLogs);
  console.log(`  failed: ${title}; kept in ${folder.slice(folder.indexOf('.cluster'))}`);
  for (const failover of failovers) await dumpFailover(folder, failover);
  const telling = logs.split('\n').filter((line) => !line.includes('"level":"debug"'));
  print('operator', [...telling.slice(0, OPERATOR_LINES), ...telling.slice(OPERATOR_LINES).slice(-EXTRACT_LINES)]);
};

const dumpFailover = async (parent: string, failover: FailoverKey): Promise<void> => {
  const folder = join(parent, `${failover.namespace}-${failover.name}`);
  await mkdir(folder, { recursive: true });
  const get = (...args: readonly string[]) => kubectl(['get', '--namespace', failover.namespace, ...args]);
  const [pods, events, status] = await Promise.all([
    keep(folder, 'pods.txt', () => get('pods', '-o', 'wide', '--show-labels')),
    keep(folder, 'events.txt', () => get('events', '--sort-by=.lastTimestamp')),
    keep(folder, 'status.txt', async () => describeStatus(await getFailover(failover))),
    keep(folder, 'objects.yaml', () => get('redisfailovers,pods,services,endpointslices,pvc', '-o', 'yaml')),
    keep(folder, 'redis.txt', () => askRedis(failover)),
    keep(folder, 'sentinels.txt', () => askSentinels(failover)),
  ]);
  print(`${failover.namespace}/${failover.name}`, [...status.split('; '), ...pods.split('\n').map(withoutLabels)]);
  print('events', events.split('\n'));
};

const askRedis = async (failover: FailoverKey): Promise<string> => {
  const pods = await podsOf(failover, 'redis');
  return joined(pods.map(({ name }) => [name, redisCli(failover, name, 'INFO', 'replication')]));
};

const askSentinels = async (failover: FailoverKey): Promise<string> => {
  const pods = await podsOf(failover, 'sentinel');
  const ask = async (pod: string): Promise<string> => {
    const answers = await Promise.all(QUESTIONS.map((question) => sentinelCli(failover, pod, ...question)));
    return answers.join('\n');
  };
  return joined(pods.map(({ name }) => [name, ask(name)]));
};

const joined = async (answers: readonly (readonly [string, Promise<string>])[]): Promise<string> =>
  (await Promise.all(answers.map(async ([name, answer]) => `# ${name}\n${await orError(answer)}\n`))).join('\n');

const keep = async (folder: string, file: string, ask: () => Promise<string>): Promise<string> => {
  const text = await orError(ask());
  await writeFile(join(folder, file), text);
  return text;
};

const orError = (answer: Promise<string>): Promise<string> =>
  answer.catch((error: unknown) => `not to be had: ${String(error)}`);

const withoutLabels = (line: string): string => line.split(/\s+/).slice(0, 7).join(' ');

const print = (what: string, lines: readonly string[]): void => {
  console.log(`  ${what}:`);
  const last = lines.filter((one) => one !== '').slice(-EXTRACT_LINES - OPERATOR_LINES);
  for (const line of last) console.log(`    ${line.slice(0, 240)}`);
};
