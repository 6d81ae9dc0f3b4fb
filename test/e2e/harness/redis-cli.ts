/** Asks Redis and Sentinel processes, by redis-cli in their pods. */
import { INTERNAL_USER, MASTER_NAME, SENTINEL_PORT } from '../../../src/api/names.ts';
import { SENTINEL_PASSWORD_FILE } from '../../../src/core/objects/sentinel-secret.ts';
import { exec } from './kubectl.ts';
import type { FailoverKey, PodView } from './pods.ts';

/** Some images of Valkey have only its own name of it. */
const CLIENT = '"$(command -v redis-cli || command -v valkey-cli)"';

/** The containers have the port and, if there is one, the password in their environment. */
const REDIS = `REDISCLI_AUTH="$REDIS_PASSWORD" exec ${CLIENT} -p "$REDIS_PORT" "$@"`;

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

/** What one command prints in a Sentinel's pod. */
export const sentinelCli = (failover: FailoverKey, pod: string, ...command: readonly string[]): Promise<string> => {
  const where = { namespace: failover.namespace, pod, container: 'sentinel' };
  const script = `exec ${CLIENT} -p ${SENTINEL_PORT} SENTINEL "$@"`;
  return exec(where, ['sh', '-c', script, 'redis-cli', ...command]);
};

/** What a Redis says of its own role. https://redis.io/docs/latest/commands/role/ */
export type RoleView =
  | { readonly kind: 'master' }
  | { readonly kind: 'replica'; readonly masterIp: string; readonly link: string }
  | { readonly kind: 'unknown'; readonly answer: string };

/** What one Sentinel says of the master it watches. */
export type SentinelView = {
  readonly masterIp: string;
  readonly flags: string;
  readonly quorum: number;
  readonly replicas: readonly InstanceView[];
  readonly peers: readonly InstanceView[];
};
export type InstanceView = { readonly ip: string; readonly flags: string };

type Members = { readonly redis: readonly PodView[]; readonly sentinels: readonly PodView[] };

/** Everybody's view, by the name of the pod. */
export type Views = {
  readonly roles: ReadonlyMap<string, RoleView>;
  readonly sentinels: ReadonlyMap<string, SentinelView>;
};

/** Asks all of them over the network from the first Redis pod: one exec, however many they are. */
export const askEverybody = async (failover: FailoverKey, { redis, sentinels }: Members): Promise<Views> => {
  const questions = [...redis.map(({ ip }) => askRole(ip)), ...sentinels.map(({ ip }) => askSentinel(ip))];
  const where = { namespace: failover.namespace, pod: redis[0]?.name ?? '', container: 'redis' };
  const text = await exec(where, ['sh', '-c', `${SENTINEL}\n${questions.join(`; echo ${BETWEEN_PODS}; `)}`]);
  const answers = text.split(`${BETWEEN_PODS}\n`);
  return {
    roles: new Map(redis.map(({ name }, index) => [name, parseRole(answers[index] ?? '')])),
    sentinels: new Map(sentinels.map(({ name }, index) => [name, parseSentinel(answers[redis.length + index] ?? '')])),
  };
};

const BETWEEN_PODS = '=====';
const BETWEEN_ANSWERS = '-----';

const askRole = (ip: string): string => `REDISCLI_AUTH="$REDIS_PASSWORD" ${CLIENT} -h ${ip} -p "$REDIS_PORT" ROLE`;

/** Logs in where Sentinels ask for it, as the preStop script in the same container does. */
const SENTINEL = `sentinel() {
  [ -s ${SENTINEL_PASSWORD_FILE} ] || { ${CLIENT} -p ${SENTINEL_PORT} "$@"; return; }
  REDISCLI_AUTH=$(cat ${SENTINEL_PASSWORD_FILE}) ${CLIENT} --user ${INTERNAL_USER} -p ${SENTINEL_PORT} "$@"
}`;

const askSentinel = (ip: string): string =>
  ['MASTER', 'REPLICAS', 'SENTINELS']
    .map((what) => `sentinel -h ${ip} SENTINEL ${what} ${MASTER_NAME}`)
    .join(`; echo ${BETWEEN_ANSWERS}; `);

/** Reads what redis-cli prints for ROLE. */
export const parseRole = (text: string): RoleView => {
  const [role, masterIp = '', , link = ''] = text.split('\n');
  if (role === 'master') return { kind: 'master' };
  return role === 'slave' ? { kind: 'replica', masterIp, link } : { kind: 'unknown', answer: text.trim() };
};

const parseSentinel = (text: string): SentinelView => {
  const [master = '', replicas = '', peers = ''] = text.split(`${BETWEEN_ANSWERS}\n`);
  const [own] = parseInstances(master);
  return {
    masterIp: own?.['ip'] ?? `none: ${master.trim()}`,
    flags: own?.['flags'] ?? '',
    quorum: Number(own?.['quorum']),
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
