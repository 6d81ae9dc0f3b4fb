/**
 * Who the master is, in the view of everybody: role labels and Services (Kubernetes), every Sentinel, and every Redis.
 * A failover is settled when all of them agree and nobody knows anybody else.
 */
import assert from 'node:assert/strict';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.js';
import { masterServiceName, replicasServiceName } from '../../../src/api/names.ts';
import { eventually } from './eventually.ts';
import { getFailover, READY_LIMIT_MS, requireCondition, type Sizes } from './failover.ts';
import { kubectlJson } from './kubectl.ts';
import { type FailoverKey, type PodView, podsOf } from './pods.ts';
import { askEverybody, type SentinelView, type Views } from './redis-cli.ts';

export type Settled = {
  readonly master: PodView;
  readonly replicas: readonly PodView[];
  readonly sentinels: readonly PodView[];
};

/** Resolves when the failover is Ready with these sizes and all views agree. The cheap views are asked first. */
export const settled = (failover: FailoverKey, sizes: Sizes, limitMs = READY_LIMIT_MS): Promise<Settled> =>
  eventually(`${failover.name} is Ready and all agree on one master`, limitMs, async () => {
    requireCondition(await getFailover(failover), 'Ready', 'True');
    const members = membersOf(await podsOf(failover), sizes);
    await checkServices(failover, members);
    const { master, replicas, sentinels } = members;
    const views = await askEverybody(failover, { redis: [master, ...replicas], sentinels });
    checkRoles(views, members);
    checkSentinels(views, members);
    return members;
  });

/** The pods by role label. Throws unless all are ready and exactly one is labelled master. */
const membersOf = (pods: readonly PodView[], sizes: Sizes): Settled => {
  const described = pods.map(({ name, ready, role }) =>
    `${name} ${ready ? 'ready' : 'not ready'} ${role ?? ''}`.trim(),
  );
  assert.ok(
    pods.every(({ ready, deleting }) => ready && !deleting),
    `not all pods are ready: ${described.join(', ')}`,
  );
  const redis = pods.filter(({ component }) => component === 'redis');
  const sentinels = pods.filter(({ component }) => component === 'sentinel');
  assert.deepEqual(
    { redis: redis.length, sentinel: sentinels.length },
    sizes,
    `wrong number of pods: ${described.join(', ')}`,
  );
  const [master, ...others] = redis.filter(({ role }) => role === 'master');
  assert.ok(master !== undefined && others.length === 0, `not exactly one is labelled master: ${described.join(', ')}`);
  return { master, replicas: redis.filter(({ uid }) => uid !== master.uid), sentinels };
};

/** The Service of the master leads to it alone, that of the replicas to all of them. */
const checkServices = async (failover: FailoverKey, { master, replicas }: Settled): Promise<void> => {
  const { name, namespace } = failover;
  const [ofMaster, ofReplicas] = await Promise.all([
    addressesOf(namespace, masterServiceName(name)),
    addressesOf(namespace, replicasServiceName(name)),
  ]);
  assert.deepEqual(ofMaster, [master.ip], 'the Service of the master leads elsewhere');
  assert.deepEqual(ofReplicas, addresses(replicas), 'the Service of the replicas leads elsewhere');
};

/** The API server writes null for no endpoints. */
type WrittenSlice = { readonly endpoints: EndpointSlice['endpoints'] | null };

/** The addresses of the ready pods that a Service leads to. */
export const addressesOf = async (namespace: string, service: string): Promise<readonly string[]> => {
  const selector = `kubernetes.io/service-name=${service}`;
  const args = ['get', 'endpointslices', '--namespace', namespace, '--selector', selector];
  const { items } = await kubectlJson<{ readonly items: readonly WrittenSlice[] }>(args);
  const endpoints = items
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  return endpoints.flatMap((endpoint) => endpoint.addresses).sort();
};

const addresses = (pods: readonly PodView[]): readonly string[] => pods.map(({ ip }) => ip).sort();

const checkRoles = ({ roles }: Views, { master, replicas }: Settled): void => {
  const expected = { kind: 'replica', masterIp: master.ip, link: 'connected' };
  assert.deepEqual(roles.get(master.name), { kind: 'master' }, `${master.name} is labelled master`);
  for (const { name } of replicas) {
    assert.deepEqual(roles.get(name), expected, `${name} is labelled a replica of ${master.name}`);
  }
};

/** Every Sentinel names the master, watches exactly the replicas, and knows exactly its peers. */
const checkSentinels = (views: Views, { master, replicas, sentinels }: Settled): void => {
  for (const { name } of sentinels) {
    const peers = sentinels.filter((pod) => pod.name !== name);
    const expected = {
      master: master.ip,
      flags: 'master',
      quorum: Math.floor(sentinels.length / 2) + 1,
      replicas: addresses(replicas).map((ip) => `${ip} slave`),
      peers: addresses(peers).map((ip) => `${ip} sentinel`),
    };
    assert.deepEqual(knowledgeOf(views.sentinels.get(name)), expected, `what Sentinel ${name} knows`);
  }
};

const knowledgeOf = (view: SentinelView | undefined): object | undefined =>
  view && {
    master: view.masterIp,
    flags: view.flags,
    quorum: view.quorum,
    replicas: view.replicas.map(({ ip, flags }) => `${ip} ${flags}`).sort(),
    peers: view.peers.map(({ ip, flags }) => `${ip} ${flags}`).sort(),
  };
