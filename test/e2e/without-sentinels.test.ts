/** A failover without Sentinels: the operator itself decides who is master. */
import assert from 'node:assert/strict';
import { HAND_OVER_ANNOTATION } from '../../src/api/names.ts';
import { childrenOf } from './harness/children.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, failoverOf, getFailover } from './harness/failover.ts';
import { exec, kubectl } from './harness/kubectl.ts';
import { deletePods, type FailoverKey, identities, podsOf } from './harness/pods.ts';
import { testInNamespace } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import { type Settled, settled } from './harness/views.ts';

const NONE = { redis: 3, sentinel: 0 };
const THREE = { redis: 3, sentinel: 3 };
const OFF = { sentinel: { enabled: false } };

testInNamespace(
  'the operator fails over where there are no Sentinels, and they come and go',
  'alone',
  async (failover) => {
    await applyFailover(failoverOf(failover, THREE, OFF));
    const first = await settled(failover, NONE);
    assert.deepEqual(await sentinelObjects(failover), []);
    await write(failover, { pod: first.master.name, key: 'first' });

    const crash = ['redis-cli', 'SHUTDOWN', 'NOSAVE', 'NOW', 'FORCE'];
    await exec({ namespace: failover.namespace, pod: first.master.name, container: 'redis' }, crash).catch(() => '');
    const second = await settledOnOther(failover, first);
    await write(failover, { pod: second.master.name, key: 'second' });

    await deletePods(failover.namespace, [second.master.name]);
    const third = await settledOnOther(failover, second);
    await write(failover, { pod: third.master.name, key: 'third' });

    const [target] = third.replicas;
    const asked = `${HAND_OVER_ANNOTATION}=${target?.name}`;
    await kubectl(['annotate', `redisfailover/${failover.name}`, '--namespace', failover.namespace, asked]);
    const fourth = await settledOnOther(failover, third);
    assert.equal(fourth.master.name, target?.name);
    assert.equal(await keysOf(failover, fourth.master.name), '3');

    await changeSpec(failover, { sentinel: { enabled: true } });
    await settled(failover, THREE);
    const outcome = await underLoad(failover, {
      sizes: THREE,
      disturb: (before) => deletePods(failover.namespace, [before.master.name]),
    });
    requireNothingLost(outcome);
    assert.equal((await getFailover(failover)).status?.elected, undefined);

    await changeSpec(failover, { sentinel: { replicas: 0 } });
    const last = await settled(failover, NONE);
    assert.equal(last.master.uid, outcome.after.master.uid);
    assert.deepEqual(await sentinelObjects(failover), []);

    const redis = identities(await podsOf(failover, 'redis'));
    await changeSpec(failover, { sentinel: { replicas: 3 } });
    const again = await settled(failover, THREE);
    assert.equal(again.master.uid, last.master.uid);
    assert.deepEqual(identities(await podsOf(failover, 'redis')), redis);
  },
);

type Write = { readonly pod: string; readonly key: string };

const write = async ({ namespace }: FailoverKey, { pod, key }: Write): Promise<void> => {
  const said = await exec({ namespace, pod, container: 'redis' }, ['redis-cli', 'SET', key, 'here']);
  assert.equal(said.trim(), 'OK');
};

const keysOf = async ({ namespace }: FailoverKey, pod: string): Promise<string> =>
  (await exec({ namespace, pod, container: 'redis' }, ['redis-cli', 'DBSIZE'])).trim();

const settledOnOther = (failover: FailoverKey, before: Settled): Promise<Settled> =>
  eventually('another Redis is master', 120_000, async () => {
    const now = await settled(failover, NONE);
    assert.notEqual(now.master.uid, before.master.uid, 'the master is the same');
    return now;
  });

const sentinelObjects = async (failover: FailoverKey): Promise<readonly string[]> =>
  (await childrenOf(failover, 'deployments,services,configmaps,poddisruptionbudgets,pods')).filter((name) =>
    name.includes('/rfs-'),
  );
