/** What belongs to a failover is changed by hand and put right. */
import assert from 'node:assert/strict';
import { MASTER_NAME, masterServiceName, ROLE_LABEL, redisName, sentinelName } from '../../src/api/names.ts';
import { CONFIG_KEY } from '../../src/core/objects/redis-config.ts';
import { childrenOf, deleteAndAwaitChildren } from './harness/children.ts';
import { eventually } from './harness/eventually.ts';
import { changeSpec } from './harness/failover.ts';
import { kubectl } from './harness/kubectl.ts';
import { type FailoverKey, identities, podsOf } from './harness/pods.ts';
import { redisCli, sentinelCli } from './harness/redis-cli.ts';
import { suite } from './harness/suite.ts';
import { settled } from './harness/views.ts';

const SIZES = { redis: 3, sentinel: 3 };
const OWN = 'example.com/own';

const patch = (failover: FailoverKey, object: string, change: object): Promise<string> =>
  kubectl(['patch', object, '--namespace', failover.namespace, '--type=merge', '--patch', JSON.stringify(change)]);

const field = (failover: FailoverKey, object: string, path: string): Promise<string> =>
  kubectl(['get', object, '--namespace', failover.namespace, '-o', `jsonpath={${path}}`]);

/** `KEY=VALUE` to set, `KEY-` to take. */
const label = (failover: FailoverKey, object: string, ...labels: readonly string[]): Promise<string> =>
  kubectl(['label', object, '--namespace', failover.namespace, '--overwrite', ...labels]);

/** Resolves when all pods have, of the labels that the test knows, exactly these. */
const requireOnPods = (failover: FailoverKey, expected: Readonly<Record<string, string>>): Promise<void> =>
  eventually(`pods are labelled ${JSON.stringify(expected)}`, 30_000, async () => {
    const pods = await podsOf(failover);
    assert.equal(pods.length, SIZES.redis + SIZES.sentinel);
    for (const { name, labels } of pods) {
      const known = Object.entries(labels).filter(([key]) => ['team', 'tier', OWN].includes(key));
      assert.deepEqual(Object.fromEntries(known), expected, name);
    }
  });

suite('child objects and processes are meddled with', { name: 'meddled', sizes: SIZES }, (add) => {
  add('every child object that is deleted comes back, and no pod restarts for it', async (failover) => {
    await settled(failover, SIZES);
    const objects = await childrenOf(failover);
    const pods = identities(await podsOf(failover));
    await deleteAndAwaitChildren(failover);
    await settled(failover, SIZES);
    assert.deepEqual(await childrenOf(failover), objects);
    assert.deepEqual(identities(await podsOf(failover)), pods);
  });

  add('edits of a Service, a config map, the StatefulSet and the Deployment are undone', async (failover) => {
    const service = `service/${masterServiceName(failover.name)}`;
    const config = `configmap/${redisName(failover.name)}`;
    const text = await field(failover, config, '.data');
    await patch(failover, service, { spec: { selector: { [ROLE_LABEL]: 'slave' } } });
    await patch(failover, config, { data: { [CONFIG_KEY]: 'port 1' } });
    await patch(failover, `statefulset/${redisName(failover.name)}`, { spec: { replicas: 2 } });
    await patch(failover, `deployment/${sentinelName(failover.name)}`, { spec: { replicas: 1 } });
    await eventually('the edits are undone', 60_000, async () => {
      assert.equal(await field(failover, service, `.spec.selector.${ROLE_LABEL}`), 'master');
      assert.equal(await field(failover, config, '.data'), text);
    });
    await settled(failover, SIZES);
  });

  add('a second master, a Sentinel that forgot, and wrong role labels are put right', async (failover) => {
    const { master, replicas, sentinels } = await settled(failover, SIZES);
    const [stray] = replicas;
    const [forgetful] = sentinels;
    assert.ok(stray !== undefined && forgetful !== undefined);
    await redisCli(failover, stray.name, 'REPLICAOF', 'NO', 'ONE');
    await sentinelCli(failover, forgetful.name, 'REMOVE', MASTER_NAME);
    await label(failover, `pod/${master.name}`, `${ROLE_LABEL}=slave`);
    const after = await settled(failover, SIZES);
    assert.equal(after.master.name, master.name, 'the master that Sentinel knows stays');
  });

  add('labels of the failover come to its pods, change and go, and no pod restarts', async (failover) => {
    await settled(failover, SIZES);
    const before = await podsOf(failover);
    const owner = `redisfailovers.databases.spotahome.com/${failover.name}`;
    for (const { name } of before) await label(failover, `pod/${name}`, `${OWN}=kept`);
    await label(failover, owner, 'team=blue', 'tier=gold', 'app.kubernetes.io/component=theirs');
    await requireOnPods(failover, { team: 'blue', tier: 'gold', [OWN]: 'kept' });
    await label(failover, owner, 'team=red');
    await changeSpec(failover, { labelWhitelist: ['^team$'] });
    await requireOnPods(failover, { team: 'red', [OWN]: 'kept' });
    await label(failover, owner, 'team-', 'tier-', 'app.kubernetes.io/component-');
    await requireOnPods(failover, { [OWN]: 'kept' });
    await settled(failover, SIZES);
    assert.deepEqual(identities(await podsOf(failover)), identities(before));
  });
});
