/** While another operator holds spotahome's lease, this one does nothing and says so; it begins when the other has stopped. */
import assert from 'node:assert/strict';
import { masterServiceName, ROLE_LABEL } from '../../src/api/names.ts';
import { microTime } from '../../src/kube/lease-record.ts';
import { childrenOf } from './harness/children.ts';
import { eventsOf } from './harness/events.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, failoverOf, getFailover } from './harness/failover.ts';
import { apply, kubectl } from './harness/kubectl.ts';
import { leaderPod, OPERATOR_NAMESPACE } from './harness/operator.ts';
import { type FailoverKey, identities, podsOf } from './harness/pods.ts';
import { testInNamespace } from './harness/suite.ts';
import { settled } from './harness/views.ts';

const SIZES = { redis: 2, sentinel: 1 };
const LEASE = 'redis-failover-lease';
/** What spotahome's operator asks for. */
const TERM_S = 15;
/** Longer than anything is done meanwhile, as it is not renewed here. */
const LONG_TERM_S = 600;
const LIMIT_MS = 60_000;

testInNamespace(
  'while a predecessor holds its lease nothing is made or put right, until the lease has run out or is gone',
  'leased',
  async (failover) => {
    try {
      await hold(failover, { identity: 'old-1_1', termS: LONG_TERM_S });
      await logged(failover, 'old-1_1');
      await applyFailover(failoverOf(failover, SIZES));
      await standsBy(failover, 'old-1_1');
      assert.deepEqual(await childrenOf(failover), []);
      assert.equal((await getFailover(failover)).status, undefined);

      await hold(failover, { identity: 'old-1_1', termS: TERM_S });
      const { master } = await settled(failover, SIZES);
      const pods = identities(await podsOf(failover));

      await hold(failover, { identity: 'old-2_1', termS: LONG_TERM_S });
      await standsBy(failover, 'old-2_1');
      await meddle(failover, master.name);
      const [meddled, status] = [await meddledOf(failover, master.name), (await getFailover(failover)).status];
      // Another holder wakes the operator, which then sees what was done to the failover.
      await hold(failover, { identity: 'old-3_1', termS: LONG_TERM_S });
      await standsBy(failover, 'old-3_1');
      assert.deepEqual(await meddledOf(failover, master.name), meddled);
      assert.deepEqual((await getFailover(failover)).status, status);

      await release(failover);
      const after = await settled(failover, SIZES);
      assert.equal(after.master.name, master.name);
      assert.deepEqual(identities(await podsOf(failover)), pods);
    } finally {
      await release(failover);
    }
  },
);

type Term = { readonly identity: string; readonly termS: number };

/** Takes or renews the lease, as the other operator does. Leases are looked for in every namespace. */
const hold = ({ namespace }: FailoverKey, { identity, termS }: Term): Promise<void> =>
  apply(namespace, [
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: LEASE },
      spec: { holderIdentity: identity, leaseDurationSeconds: termS, renewTime: microTime(Date.now()) },
    },
  ]);

const release = async ({ namespace }: FailoverKey): Promise<void> => {
  await kubectl(['delete', 'lease', LEASE, '--namespace', namespace, '--ignore-not-found']);
};

/** Resolves when the log of the operator that leads names this holder. */
const logged = ({ namespace }: FailoverKey, identity: string): Promise<void> =>
  eventually(`the log says that ${identity} is at work`, LIMIT_MS, async () => {
    const lines = await kubectl(['logs', await leaderPod(), '--namespace', OPERATOR_NAMESPACE, '--since=5m']);
    const holder = `"namespace":"${namespace}","lease":"${LEASE}","identity":"${identity}"`;
    assert.ok(
      lines.split('\n').some((line) => line.includes(holder)),
      'no line names it',
    );
  });

/** Resolves when the operator has said that it stands by for this holder. */
const standsBy = (failover: FailoverKey, identity: string): Promise<void> =>
  eventually(`the operator stands by for ${identity}`, LIMIT_MS, async () => {
    const told = (await eventsOf(failover, 'PredecessorActive')).map(({ message }) => message).join('\n');
    assert.match(told, new RegExp(`${identity} holds the lease ${LEASE} in namespace ${failover.namespace}`));
  });

/** A role label and a Service that the operator would put right at once. */
const meddle = async ({ namespace, name }: FailoverKey, master: string): Promise<void> => {
  await kubectl(['label', 'pod', master, '--namespace', namespace, '--overwrite', `${ROLE_LABEL}=slave`]);
  const change = JSON.stringify({ spec: { selector: { [ROLE_LABEL]: 'slave' } } });
  const service = `service/${masterServiceName(name)}`;
  await kubectl(['patch', service, '--namespace', namespace, '--type=merge', '--patch', change]);
};

/** Versions of the two objects and what they say. */
const meddledOf = async ({ namespace, name }: FailoverKey, master: string): Promise<readonly string[]> => {
  const get = (object: string, path: string): Promise<string> =>
    kubectl(['get', object, '--namespace', namespace, '-o', `jsonpath={.metadata.resourceVersion} {${path}}`]);
  return [
    await get(`pod/${master}`, `.metadata.labels.${ROLE_LABEL}`),
    await get(`service/${masterServiceName(name)}`, `.spec.selector.${ROLE_LABEL}`),
  ];
};
