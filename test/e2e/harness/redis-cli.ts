/** Asks Redis and Sentinel processes in their own pods, by redis-cli. */
import { MASTER_NAME, SENTINEL_PORT } from '../../../src/api/names.ts';
import { exec } from './kubectl.ts';
import type { FailoverKey, PodView } from './pods.ts';

/** The containers have the port and, if there is one, the password in their environment. */
const REDIS = `REDISCLI_AUTH="$REDIS_PASSWORD" exec redis-cli -p "$REDIS_PORT" "$@"`;
const SECTION = '---';
const SENTINEL = ['MASTER', 'REPLICAS', 'SENTINELS']
  .map((what) => `redis-cli -p ${SENTINEL_PORT} SENTINEL ${what} ${MASTER_NAME}`)
  .join(`; echo ${SECTION}; `);

/** What one command prints in a Redis pod, without the last line break. An error that Redis answers is printed, too. */
export const redisCli = async (failover: FailoverKey, pod: string, ...command: readonly string[]): Promise<string> => {
  const where = { namespace: failover.namespace, pod, container: 'redis' };
  return (await exec(where, ['sh', '-c', REDIS, 'redis-cli', ...command])).trimEnd();
};

/** Several commands over one connection, one a line; what they print. */
export const redisSession = (failover: FailoverKey, pod: string, commands: readonly string[]): Promise<string> => {
  const where = { namespace: failover.namespace, pod, container: 'redis' };
  return exec(where, ['sh', '-c', REDIS, 'redis-cli'], { input: `${commands.join('\n')}\n` });
};

/** What a Redis says of its own role. https://redis.io/docs/latest/commands/role/ */
export type RoleView =
  | { readonly kind: 'master' }
  | { readonly kind: 'replica'; readonly masterIp: string; readonly link: string };

export const roleOf = async (failover: FailoverKey, pod: string): Promise<RoleView> => {
  const [role, masterIp = '', , link = ''] = (await redisCli(failover, pod, 'ROLE')).split('\n');
  if (role === 'master') return { kind: 'master' };
  if (role === 'slave') return { kind: 'replica', masterIp, link };
  throw new Error(`${pod} answers ROLE with ${role}`);
};

/** What one Sentinel says of the master it watches. */
export type SentinelView = {
  readonly pod: string;
  readonly masterIp: string;
  readonly flags: string;
  readonly quorum: number;
  readonly replicas: readonly InstanceView[];
  readonly peers: readonly InstanceView[];
};
export type InstanceView = { readonly ip: string; readonly flags: string };

export const sentinelView = async (failover: FailoverKey, { name }: PodView): Promise<SentinelView> => {
  const where = { namespace: failover.namespace, pod: name, container: 'sentinel' };
  const text = await exec(where, ['sh', '-c', SENTINEL]);
  const [master = '', replicas = '', peers = ''] = text.split(`${SECTION}\n`);
  const [own] = parseInstances(master);
  if (own === undefined) throw new Error(`${name} watches no master: ${master.trim()}`);
  return {
    pod: name,
    masterIp: own['ip'] ?? '',
    flags: own['flags'] ?? '',
    quorum: Number(own['quorum']),
    replicas: parseInstances(replicas).map(instanceOf),
    peers: parseInstances(peers).map(instanceOf),
  };
};

const instanceOf = (fields: Readonly<Record<string, string>>): InstanceView => ({
  ip: fields['ip'] ?? '',
  flags: fields['flags'] ?? '',
});

/** Lines of names and values in turn; every instance begins with its `name`. */
export const parseInstances = (text: string): readonly Readonly<Record<string, string>>[] => {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const instances: Record<string, string>[] = [];
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const [key = '', value = ''] = lines.slice(index, index + 2);
    if (key === 'name') instances.push({});
    const current = instances.at(-1);
    if (current !== undefined) current[key] = value;
  }
  return instances;
};
