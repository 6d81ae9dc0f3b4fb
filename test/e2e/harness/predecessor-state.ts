/** Brings about what spotahome/redis-operator leaves running: its objects, and the processes as it sets them up. */
import assert from 'node:assert/strict';
import type { RedisFailover } from '../../../src/api/types.ts';
import { eventually } from './eventually.ts';
import { applyFailover, getFailover } from './failover.ts';
import { exec, kubectl } from './kubectl.ts';
import { type FailoverKey, type PodView, podsOf } from './pods.ts';
import { type PredecessorOptions, predecessorObjects } from './predecessor.ts';
import { redisCli, sentinelCli } from './redis-cli.ts';

const START_LIMIT_MS = 120_000;
const READY_LIMIT_MS = 120_000;

export type Inherited = {
  readonly master: PodView;
  readonly replicas: readonly PodView[];
  readonly sentinels: readonly PodView[];
};

/** Resolves when all pods are ready, the first Redis is master, and Sentinels watch it. No operator may run. */
export const inherit = async (manifest: RedisFailover, options: PredecessorOptions): Promise<Inherited> => {
  const { name = '', namespace = '' } = manifest.metadata;
  const key = { name, namespace };
  await applyFailover(manifest);
  await create(namespace, predecessorObjects(await getFailover(key), options));
  const [first, ...others] = await startedPods(key, 'redis', manifest.spec.redis?.replicas ?? 3);
  if (first === undefined) throw new Error('no Redis');
  await setUpRedis(key, { first, others, lines: manifest.spec.redis?.customConfig ?? [] });
  const sentinels = await startedPods(key, 'sentinel', manifest.spec.sentinel?.replicas ?? 3);
  const lines = manifest.spec.sentinel?.customConfig ?? ['down-after-milliseconds 5000', 'failover-timeout 10000'];
  const quorum = Math.floor(sentinels.length / 2) + 1;
  for (const { name: pod } of sentinels) await setUpSentinel(key, { pod, master: first, quorum, options, lines });
  await eventually('all pods are ready', READY_LIMIT_MS, async () => {
    const waiting = (await podsOf(key)).filter(({ ready }) => !ready).map((pod) => pod.name);
    if (waiting.length > 0) throw new Error(`not ready: ${waiting.join(', ')}`);
  });
  return { master: first, replicas: others, sentinels };
};

const create = async (namespace: string, objects: readonly object[]): Promise<void> => {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await kubectl(['create', '--namespace', namespace, '--field-manager=redis-operator', '-f', '-'], { input });
};

const startedPods = (key: FailoverKey, component: 'redis' | 'sentinel', count: number): Promise<readonly PodView[]> =>
  eventually(`${count} ${component} processes answer`, START_LIMIT_MS, async () => {
    const pods = await podsOf(key, component);
    if (pods.filter(({ ip }) => ip !== '').length !== count)
      throw new Error(`${pods.length} pods, not all with an address`);
    for (const { name } of pods)
      await (component === 'redis' ? redisCli(key, name, 'PING') : sentinelCli(key, name, 'MASTERS'));
    return pods;
  });

type Redis = { readonly first: PodView; readonly others: readonly PodView[]; readonly lines: readonly string[] };

const setUpRedis = async (key: FailoverKey, { first, others, lines }: Redis): Promise<void> => {
  const port = (
    await exec({ namespace: key.namespace, pod: first.name, container: 'redis' }, ['printenv', 'REDIS_PORT'])
  ).trim();
  // The public images are built without the protected mode, which spotahome relies on.
  for (const { name } of [first, ...others]) await redisOk(key, name, 'CONFIG', 'SET', 'protected-mode', 'no');
  await redisOk(key, first.name, 'REPLICAOF', 'NO', 'ONE');
  await label(key, first.name, 'master');
  for (const { name } of others) {
    await redisOk(key, name, 'REPLICAOF', first.ip, port);
    await label(key, name, 'slave');
  }
  for (const { name } of [first, ...others]) {
    for (const line of ['replica-priority 100', ...lines]) await redisOk(key, name, 'CONFIG', 'SET', ...wordsOf(line));
  }
};

/** The parameter, and the rest as one value. */
const wordsOf = (line: string): readonly [string, string] => {
  const [parameter = '', ...value] = line.split(' ');
  return [parameter, value.join(' ').replace(/^""$/, '')];
};

const label = async (key: FailoverKey, pod: string, role: string): Promise<void> => {
  await kubectl(['label', 'pod', pod, '--namespace', key.namespace, '--overwrite', `redisfailovers-role=${role}`]);
};

type Sentinel = {
  readonly pod: string;
  readonly master: PodView;
  readonly quorum: number;
  readonly options: PredecessorOptions;
  readonly lines: readonly string[];
};

const setUpSentinel = async (key: FailoverKey, { pod, master, quorum, options, lines }: Sentinel): Promise<void> => {
  await sentinelCli(key, pod, 'REMOVE', 'mymaster');
  await sentinelOk(key, pod, 'MONITOR', 'mymaster', master.ip, '6379', String(quorum));
  if (options.password !== undefined) await sentinelOk(key, pod, 'SET', 'mymaster', 'auth-pass', options.password);
  for (const line of lines) await sentinelOk(key, pod, 'SET', 'mymaster', ...wordsOf(line));
};

/** redis-cli prints an error and exits with 0. */
const redisOk = async (key: FailoverKey, pod: string, ...command: readonly string[]): Promise<void> => {
  assert.match(await redisCli(key, pod, ...command), /^OK/, command.join(' '));
};
const sentinelOk = async (key: FailoverKey, pod: string, ...command: readonly string[]): Promise<void> => {
  assert.match(await sentinelCli(key, pod, ...command), /^OK/, command.slice(0, 1).join());
};

/** The same for one that follows a Redis outside, without Sentinels: resolves when all pods do and are ready. */
export const inheritFollowers = async (manifest: RedisFailover, options: PredecessorOptions): Promise<void> => {
  const { name = '', namespace = '' } = manifest.metadata;
  const key = { name, namespace };
  const { host = '', port = '' } = manifest.spec.bootstrapNode ?? {};
  await applyFailover(manifest);
  const objects = predecessorObjects(await getFailover(key), options);
  await create(
    namespace,
    objects.filter(({ metadata }) => metadata?.labels?.['app.kubernetes.io/component'] === 'redis'),
  );
  const pods = await startedPods(key, 'redis', manifest.spec.redis?.replicas ?? 3);
  for (const { name: pod } of pods) {
    await redisOk(key, pod, 'CONFIG', 'SET', 'protected-mode', 'no');
    await redisOk(key, pod, 'CONFIG', 'SET', 'replica-priority', '0');
    await redisOk(key, pod, 'SLAVEOF', host, String(port));
  }
  await eventually('all pods are ready', READY_LIMIT_MS, async () => {
    const waiting = (await podsOf(key)).filter(({ ready }) => !ready).map((pod) => pod.name);
    if (waiting.length > 0) throw new Error(`not ready: ${waiting.join(', ')}`);
  });
};
