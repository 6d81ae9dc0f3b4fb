/** Pods in the network of their nodes: no two of a kind fit on one node, and a new pod has the address of the one before. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { applyFailover, changeSpec, failoverOf } from './harness/failover.ts';
import { kubectl, kubectlJson } from './harness/kubectl.ts';
import { createNamespace, deleteNamespace } from './harness/namespaces.ts';
import { ensureOperator } from './harness/operator.ts';
import { type FailoverKey, identities, podsOf } from './harness/pods.ts';
import { dumpedOnFailure } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import { settled } from './harness/views.ts';

/** As many as the local cluster has nodes. */
const SIZES = { redis: 3, sentinel: 3 };
const LIMIT_MS = 6 * 60_000;

describe('in the network of the nodes', () => {
  let failover: FailoverKey = { namespace: '', name: 'host' };
  const add = (sentence: string, body: () => Promise<void>): void => {
    test(sentence, { timeout: LIMIT_MS }, () => dumpedOnFailure(sentence, [failover], body));
  };

  before(async () => {
    await ensureOperator();
    failover = { ...failover, namespace: await createNamespace('host-network') };
    await kubectl(['label', 'namespace', failover.namespace, 'pod-security.kubernetes.io/enforce-']);
  });
  after(() => deleteNamespace(failover.namespace));

  add('a failover becomes ready at the addresses of the nodes', async () => {
    await applyFailover(failoverOf(failover, SIZES, { redis: { hostNetwork: true }, sentinel: { hostNetwork: true } }));
    const { master } = await settled(failover, SIZES);
    const { spec, status } = await kubectlJson<Pod>(['get', 'pod', master.name, '--namespace', failover.namespace]);
    assert.deepEqual([spec?.dnsPolicy, status?.podIP], ['ClusterFirstWithHostNet', status?.hostIP]);
  });

  add('a roll replaces every pod though no node has room for one more, and loses no write', async () => {
    const pods = identities(await podsOf(failover));
    const podAnnotations = { rolled: 'yes' };
    const outcome = await underLoad(failover, {
      sizes: SIZES,
      disturb: () => changeSpec(failover, { redis: { podAnnotations }, sentinel: { podAnnotations } }),
    });
    requireNothingLost(outcome);
    const left = identities(await podsOf(failover)).filter((pod) => pods.includes(pod));
    assert.deepEqual(left, [], 'these were not replaced');
  });
});
