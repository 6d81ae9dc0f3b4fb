/** Where pods run and as whom, and a single Redis and a single Sentinel that leave their node. */
import assert from 'node:assert/strict';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Node, Pod } from 'kubernetes-types/core/v1.js';
import { NAME_LABEL, SURGE_ANNOTATION } from '../../src/api/names.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, failoverOf } from './harness/failover.ts';
import { apply, kubectl, kubectlJson } from './harness/kubectl.ts';
import { type FailoverKey, podsOf } from './harness/pods.ts';
import { testInNamespace } from './harness/suite.ts';
import { keptPods, requireNothingLost, underLoad } from './harness/under-load.ts';
import { settled } from './harness/views.ts';

const SINGLE = { redis: 1, sentinel: 1 };
const TWO = { redis: 2, sentinel: 1 };
const ROOM_LIMIT_MS = 240_000;
const PLACE = 'e2e.example.com/place';
const PRIORITY = 1000;
const DRAIN_LIMIT_S = 90;

testInNamespace(
  'pods run on the node, with the priority, as the account and with the pull secret that the spec names, and leave a drained node',
  'placed',
  async (failover) => {
    const { namespace } = failover;
    const [first = '', second = first] = await nodes();
    await apply(namespace, [...priorityClass(namespace), account, pullSecret]);
    try {
      await place(first, namespace);
      const placement = {
        nodeSelector: { [PLACE]: namespace },
        priorityClassName: namespace,
        serviceAccountName: account.metadata.name,
        imagePullSecrets: [{ name: pullSecret.metadata.name }],
      };
      await applyFailover(failoverOf(failover, SINGLE, { redis: placement, sentinel: placement }));
      await settled(failover, SINGLE);
      const before = await podsOf(failover);
      for (const { name } of before) assert.deepEqual(await placementOf(failover, name), placedOn(first), name);

      await displace(first);
      await place(second, namespace);
      await drain(first, failover);
      await settled(failover, SINGLE);
      const after = await podsOf(failover);
      const kept = after.filter(({ uid }) => before.some((pod) => pod.uid === uid));
      assert.deepEqual(kept, []);
      for (const { name } of after) assert.deepEqual(await placementOf(failover, name), placedOn(second), name);
    } finally {
      for (const node of [first, second]) await displace(node);
      await kubectl(['delete', 'priorityclass', namespace, '--ignore-not-found']);
    }
  },
);

testInNamespace(
  'two Redis that no node may share are replaced though no third node has room, and no write is lost',
  'apart',
  async (failover) => {
    const { namespace } = failover;
    const two = (await nodes()).slice(0, TWO.redis);
    const apart = [
      {
        labelSelector: { matchLabels: { [NAME_LABEL]: failover.name, 'app.kubernetes.io/component': 'redis' } },
        topologyKey: 'kubernetes.io/hostname',
      },
    ];
    const redis = {
      nodeSelector: { [PLACE]: namespace },
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: apart } },
    };
    try {
      for (const node of two) await place(node, namespace);
      await applyFailover(failoverOf(failover, TWO, { redis }));
      const outcome = await underLoad(failover, {
        sizes: TWO,
        disturb: async () => {
          await changeSpec(failover, { redis: { podAnnotations: { rolled: 'yes' } } });
          await eventually('the roll goes on without a third pod', ROOM_LIMIT_MS, async () =>
            assert.equal(await surgeOf(failover), 'no-room'),
          );
        },
      });
      requireNothingLost(outcome);
      assert.deepEqual(keptPods(outcome), [], 'these were not replaced');
      assert.equal(await surgeOf(failover), undefined);
    } finally {
      for (const node of two) await displace(node);
    }
  },
);

/** What the StatefulSet says of one pod more for a roll. */
const surgeOf = async ({ namespace, name }: FailoverKey): Promise<string | undefined> => {
  const set = await kubectlJson<StatefulSet>(['get', 'statefulset', `rfr-${name}`, '--namespace', namespace]);
  return set.metadata?.annotations?.[SURGE_ANNOTATION];
};

const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'placed' } };
const pullSecret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'registry' },
  type: 'kubernetes.io/dockerconfigjson',
  stringData: { '.dockerconfigjson': '{"auths":{}}' },
};
const priorityClass = (name: string): readonly object[] => [
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: PRIORITY },
];

const nodes = async (): Promise<readonly string[]> => {
  const { items } = await kubectlJson<{ readonly items: readonly Node[] }>(['get', 'nodes']);
  return items.flatMap(({ metadata, spec }) => (spec?.unschedulable || spec?.taints ? [] : [metadata?.name ?? '']));
};

const place = async (node: string, value: string): Promise<void> => {
  await kubectl(['label', 'node', node, `${PLACE}=${value}`, '--overwrite']);
};
const displace = async (node: string): Promise<void> => {
  await kubectl(['label', 'node', node, `${PLACE}-`]);
};

/** What Kubernetes made of it in a pod. */
const placementOf = async ({ namespace }: FailoverKey, name: string): Promise<object> => {
  const { spec } = await kubectlJson<Pod>(['get', 'pod', name, '--namespace', namespace]);
  const { nodeName, priority, serviceAccountName, imagePullSecrets } = spec ?? {};
  return { nodeName, priority, serviceAccountName, imagePullSecrets };
};

const placedOn = (node: string): object => ({
  nodeName: node,
  priority: PRIORITY,
  serviceAccountName: account.metadata.name,
  imagePullSecrets: [{ name: pullSecret.metadata.name }],
});

/** As an administrator does, but of this failover alone. Rejects when a budget keeps a pod where it is. */
const drain = async (node: string, { name }: FailoverKey): Promise<void> => {
  const ours = `--pod-selector=redisfailovers.databases.spotahome.com/name=${name}`;
  const options = ['--ignore-daemonsets', '--delete-emptydir-data', ours, `--timeout=${DRAIN_LIMIT_S}s`];
  try {
    await kubectl(['drain', node, ...options], { limitMs: (DRAIN_LIMIT_S + 10) * 1000 });
  } finally {
    await kubectl(['uncordon', node]);
  }
};
