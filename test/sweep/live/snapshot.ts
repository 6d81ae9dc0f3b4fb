/** The whole state of a failover without what is another one at each look: spec, child objects, pods, and what runs in them. */

import { MASTER_NAME, REVISION_ANNOTATION, SENTINEL_PORT } from '../../../src/api/names.ts';
import { isRecord } from '../../../src/core/objects/json.ts';
import { parseJson } from '../../../src/kube/json.ts';
import { getFailover } from '../../e2e/harness/failover.ts';
import { exec, kubectlJson } from '../../e2e/harness/kubectl.ts';
import type { FailoverKey } from '../../e2e/harness/pods.ts';
import { redisCli } from '../../e2e/harness/redis-cli.ts';
import type { Settled } from '../../e2e/harness/views.ts';
import { canonical, type Snapshot } from './canonical.ts';

const KINDS = 'statefulsets,deployments,services,configmaps,poddisruptionbudgets,secrets,persistentvolumeclaims,pods';

/** Written into the failover at its beginning. */
export const KEYS = Array.from({ length: 10 }, (_, index) => `sweep:${index}`);

type Json = Readonly<Record<string, unknown>>;

/** Takes it of a settled failover. No secret is in it. */
export const snapshot = async (failover: FailoverKey, members: Settled): Promise<Snapshot> => {
  const [{ spec }, objects, ...processes] = await Promise.all([
    getFailover(failover),
    childObjects(failover),
    ...[members.master, ...members.replicas].map(({ name }) => redisState(failover, name)),
    ...members.sentinels.map(({ name }) => sentinelState(failover, name)),
  ]);
  return Object.fromEntries([['spec', canonical(spec)], ...objects, ...numbered(processes)]);
};

/** Names of Sentinel pods are another ones each time, so equal states are counted instead. */
const numbered = (states: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] =>
  states
    .toSorted(([nameA, stateA], [nameB, stateB]) => `${nameA} ${stateA}`.localeCompare(`${nameB} ${stateB}`))
    .map(([name, state], index) => [`${name} (process ${index})`, state] as const);

const childObjects = async ({ namespace, name }: FailoverKey): Promise<readonly (readonly [string, string])[]> => {
  const selector = `app.kubernetes.io/part-of=${name}`;
  const args = ['get', KINDS, '--namespace', namespace, '--selector', selector];
  const { items } = await kubectlJson<{ readonly items: readonly Json[] }>(args);
  const objects = items
    .filter((item) => !isReplicated(item))
    .map((item) => [titleOf(item), canonical(lasting(item))] as const);
  const sentinels = items.filter(isReplicated).map((item) => ['pod of Sentinel', canonical(lasting(item))] as const);
  return [...objects, ...numbered(sentinels)];
};

const member = (value: unknown, name: string): Json => {
  const found = isRecord(value) ? value[name] : undefined;
  return isRecord(found) ? found : {};
};

/** Made by a ReplicaSet: its name says nothing. */
const isReplicated = ({ kind, metadata }: Json): boolean =>
  kind === 'Pod' && member(metadata, 'labels')['app.kubernetes.io/component'] === 'sentinel';

const titleOf = (item: Json): string => `${String(item['kind'])} ${String(member(item, 'metadata')['name'])}`;

/** Without what the API server or a controller writes anew; of a Secret only which keys it has. */
const lasting = ({ kind, metadata, spec, data }: Json): Json => ({
  metadata: lastingMetadata(metadata),
  ...(isRecord(spec) && { spec: kind === 'Pod' ? podSpec(spec) : without(spec, VOLATILE_SPEC) }),
  ...(isRecord(data) && { data: kind === 'Secret' ? Object.keys(data).sort() : data }),
});

const VOLATILE_SPEC = ['clusterIP', 'clusterIPs'];
const ROLE = 'redisfailovers-role';
/** What says which revision a pod is from, or who is master now. */
const VOLATILE_LABELS = ['pod-template-hash', 'controller-revision-hash', ROLE];
const VOLATILE_ANNOTATIONS = [
  'deployment.kubernetes.io/revision',
  REVISION_ANNOTATION,
  'volume.kubernetes.io/selected-node',
];

const lastingMetadata = (metadata: unknown): Json => ({
  labels: without(member(metadata, 'labels'), VOLATILE_LABELS),
  annotations: without(member(metadata, 'annotations'), VOLATILE_ANNOTATIONS),
});

/** Without the node, the name, and the volume of the token. */
const podSpec = (spec: Json): Json => {
  const text = JSON.stringify(without(spec, ['nodeName', 'hostname']));
  return parseJson<Json>(text.replaceAll(/kube-api-access-[a-z0-9]+/g, 'kube-api-access'));
};

const without = (record: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

/** What Redis has by its role, or that is secret. */
const OF_ROLE = ['replicaof', 'slaveof', 'replica-priority', 'slave-priority'];
const SECRET = ['masterauth', 'requirepass'];

const redisState = async (failover: FailoverKey, pod: string): Promise<readonly [string, string]> => {
  const ask = (...command: readonly string[]): Promise<string> => redisCli(failover, pod, '--json', ...command);
  const [config, acl, keys] = await Promise.all([ask('CONFIG', 'GET', '*'), ask('ACL', 'LIST'), ask('MGET', ...KEYS)]);
  const settings = without(pairs(config), [...OF_ROLE, ...SECRET]);
  return [`Redis ${pod}`, canonical({ settings, users: users(acl), keys: parseJson<unknown>(keys) })];
};

/** Names and values, which come in another order every time, and by protocol in turn or as one object. */
const pairs = (text: string): Json => {
  const answer = parseJson<Json | readonly string[]>(text);
  if (!isList(answer)) return answer;
  return Object.fromEntries(answer.flatMap((name, index) => (index % 2 === 0 ? [[name, answer[index + 1]]] : [])));
};

const isList = (value: Json | readonly string[]): value is readonly string[] => Array.isArray(value);

/** A hash of a password tells whether it is a guessed one. */
const users = (acl: string): unknown => parseJson<unknown>(acl.replaceAll(/#[0-9a-f]{64}/g, '#hash'));

const LASTING_OF_MASTER = [
  'flags',
  'quorum',
  'num-slaves',
  'num-other-sentinels',
  'down-after-milliseconds',
  'failover-timeout',
  'parallel-syncs',
];

const sentinelState = async ({ namespace }: FailoverKey, pod: string): Promise<readonly [string, string]> => {
  const ask = (...command: readonly string[]): Promise<string> =>
    exec({ namespace, pod, container: 'sentinel' }, ['redis-cli', '-p', String(SENTINEL_PORT), '--json', ...command]);
  const [master, acl] = await Promise.all([ask('SENTINEL', 'MASTER', MASTER_NAME), ask('ACL', 'LIST')]);
  const watched = pairs(master);
  const settings = Object.fromEntries(LASTING_OF_MASTER.map((name) => [name, watched[name]]));
  return ['Sentinel', canonical({ settings, users: users(acl) })];
};
