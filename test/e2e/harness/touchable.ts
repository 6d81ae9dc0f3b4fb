/** Everything of a failover that an operator could touch, for looking at it twice. */
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import { MASTER_NAME, NAME_LABEL } from '../../../src/api/names.ts';
import { getFailover } from './failover.ts';
import { kubectlJson } from './kubectl.ts';
import { type FailoverKey, podsOf } from './pods.ts';
import { parseInstances, redisCli, sentinelCli } from './redis-cli.ts';

const KINDS = 'statefulsets,deployments,services,configmaps,poddisruptionbudgets,secrets,persistentvolumeclaims,pods';
/** What Sentinel finds out by itself is not among it. */
const OF_MASTER = ['ip', 'port', 'quorum', 'config-epoch', 'down-after-milliseconds', 'failover-timeout'];

type Thing = {
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly data?: unknown;
};

/**
 * Objects without what controllers and kubelets write into them; settings, users and roles of every Redis; what every Sentinel
 * was told. By name. Passwords are among it: compare it, do not print it.
 */
export const touchableOf = async (failover: FailoverKey): Promise<ReadonlyMap<string, unknown>> => {
  const [itself, objects, redis, sentinels] = await Promise.all([
    getFailover(failover),
    objectsOf(failover),
    podsOf(failover, 'redis'),
    podsOf(failover, 'sentinel'),
  ]);
  const processes = await Promise.all([
    ...redis.map(async ({ name }) => [`process ${name}`, await redisState(failover, name)] as const),
    ...sentinels.map(async ({ name }) => [`process ${name}`, await sentinelState(failover, name)] as const),
  ]);
  return new Map<string, unknown>([...[itself, ...objects].map(entryOf), ...processes]);
};

/** The names of what is not the same in both. */
export const touched = (before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => JSON.stringify(before.get(name)) !== JSON.stringify(after.get(name)),
  );

const objectsOf = async ({ namespace, name }: FailoverKey): Promise<readonly Thing[]> => {
  const args = ['get', KINDS, '--namespace', namespace, '--selector', `${NAME_LABEL}=${name}`];
  return (await kubectlJson<{ readonly items: readonly Thing[] }>(args)).items;
};

const entryOf = ({ kind, metadata, spec, data }: Thing): readonly [string, unknown] => {
  const { name, uid, labels, annotations, ownerReferences } = metadata;
  return [`${kind} ${name}`, { uid, labels, annotations, ownerReferences, spec, data }];
};

const redisState = async (failover: FailoverKey, pod: string): Promise<unknown> => {
  const ask = (...command: readonly string[]): Promise<string> => redisCli(failover, pod, ...command);
  const [config, users, replication] = await Promise.all([
    ask('CONFIG', 'GET', '*'),
    ask('ACL', 'LIST'),
    ask('INFO', 'replication'),
  ]);
  const role = replication.split('\r\n').filter((line) => /^(role|master_host|master_port):/.test(line));
  return { config: pairsOf(config), users: users.split('\n').sort(), role };
};

const sentinelState = async (failover: FailoverKey, pod: string): Promise<unknown> => {
  const [master, peers, config] = await Promise.all([
    sentinelCli(failover, pod, 'MASTER', MASTER_NAME),
    sentinelCli(failover, pod, 'SENTINELS', MASTER_NAME),
    sentinelCli(failover, pod, 'CONFIG', 'GET', '*'),
  ]);
  const [watched = {}] = parseInstances(master);
  const known = parseInstances(peers)
    .map(({ ip = '' }) => ip)
    .sort();
  return { watched: OF_MASTER.map((field) => watched[field]), known, config: pairsOf(config) };
};

/** Names and values in turn, a line each, as one text each, sorted: they come in any order. */
const pairsOf = (text: string): readonly string[] => {
  const lines = text.split('\n');
  return lines.flatMap((name, index) => (index % 2 === 0 ? [`${name} ${lines[index + 1]}`] : [])).sort();
};
