/** A failover follows a Redis outside it, and takes over from there: `spec.bootstrapNode`. */
import assert from 'node:assert/strict';
import { MASTER_NAME, masterServiceName, replicasServiceName } from '../../src/api/names.ts';
import type { RedisFailover } from '../../src/api/types.ts';
import { eventually } from './harness/eventually.ts';
import { changeSpec, getFailover, requireCondition, waitReady } from './harness/failover.ts';
import { kubectl } from './harness/kubectl.ts';
import { createOutsideRedis } from './harness/outside-redis.ts';
import { deletePods, type FailoverKey, podsOf } from './harness/pods.ts';
import { redisCli, sentinelCli } from './harness/redis-cli.ts';
import { testInNamespace } from './harness/suite.ts';
import { addressesOf, type Settled, settled } from './harness/views.ts';

const THREE = { redis: 3, sentinel: 3 };

testInNamespace(
  'all pods follow a Redis with a port and a password of its own, and one takes over when bootstrapNode is removed',
  'bootstrap',
  async ({ namespace }) => {
    const failover = { namespace, name: 'bootstrapping-with-port' };
    const outside = await createOutsideRedis(namespace, { port: 7000, password: 'its-password' });
    await outside.call('EVAL', "for n = 1, 1000 do redis.call('SET', 'first:' .. n, n) end", '0');
    await outside.startWriting();
    await applyExample(failover, 'bootstrapping-with-port.yaml');
    const ready = await waitReady(failover);
    assert.equal(requireCondition(ready, 'Ready', 'True').reason, 'FollowsSource');
    assert.deepEqual([ready.status?.master, ready.status?.bootstrap?.inSync], [undefined, '3/3']);
    assert.deepEqual(await podsOf(failover, 'sentinel'), []);
    await requireServices(failover);
    assert.match(await kubectl(['get', 'rf', failover.name, '--namespace', namespace]), /old-redis:7000/);

    await deletePods(namespace, [podName(failover, 1)]);
    const written = Number(await outside.call('DBSIZE'));
    await eventually('the pod that was deleted follows again', 120_000, async () => {
      await waitReady(failover);
      assert.ok(Number(await keysOf(failover, podName(failover, 1))) > written, 'it lacks what was written since');
    });

    await outside.stopWriting();
    const keys = await outside.call('DBSIZE');
    await eventually('all pods have every write', 30_000, async () => {
      const counts = await Promise.all([0, 1, 2].map((ordinal) => keysOf(failover, podName(failover, ordinal))));
      assert.deepEqual(counts, [keys, keys, keys]);
    });
    const copies = await fullCopies(failover);
    await changeSpec(failover, withoutSource);
    const first = await settled(failover, THREE);
    assert.deepEqual(await dataOf(failover, first), [keys, keys, keys]);
    assert.deepEqual(await fullCopies(failover), copies, 'some pod copied all data anew');
    await eventually('the source is forgotten', 30_000, async () => {
      assert.equal((await getFailover(failover)).status?.bootstrap, undefined);
    });
    await assert.rejects(
      changeSpec(failover, { bootstrapNode: { host: 'old-redis' } }),
      /spec[.]bootstrapNode.*create a new RedisFailover/s,
    );
    await outside.stop();

    await redisCli(failover, first.master.name, 'SHUTDOWN', 'NOSAVE', 'NOW', 'FORCE').catch(() => '');
    const second = await settledOnOther(failover, first);
    assert.deepEqual(await dataOf(failover, second), [keys, keys, keys]);
  },
);

testInNamespace(
  'Sentinels name the Redis outside, then the pod that took over; what another failover follows may vanish',
  'bootstrap-sentinels',
  async ({ namespace }) => {
    const failover = { namespace, name: 'bootstrapping-with-sentinels' };
    const other = { namespace, name: 'bootstrapping' };
    const outside = await createOutsideRedis(namespace, { port: 6379 });
    await outside.call('SET', 'owner', 'outside');
    await applyExample(failover, 'bootstrapping-with-sentinels.yaml');
    await changeSpec(failover, { bootstrapNode: { host: outside.ip } });
    await applyExample(other, 'bootstrapping.yaml');
    await changeSpec(other, { redis: { replicas: 2 }, sentinel: { enabled: false } });
    await waitReady(failover);
    assert.deepEqual(await masterForSentinels(failover), [`${outside.ip}:6379`]);
    await waitReady(other);

    await changeSpec(failover, withoutSource);
    const { master } = await settled(failover, THREE);
    assert.deepEqual(await masterForSentinels(failover), [`${master.ip}:6379`]);
    assert.equal(await redisCli(failover, master.name, 'GET', 'owner'), 'outside');

    await outside.stop();
    await requireSourceMissed(other);
    await changeSpec(other, withoutSource);
    const alone = await settled(other, { redis: 2, sentinel: 0 });
    assert.equal(await redisCli(other, alone.master.name, 'GET', 'owner'), 'outside');
    assert.equal((await getFailover(other)).status?.elected, alone.master.name);
  },
);

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a merge patch: null removes the field
const withoutSource = { bootstrapNode: null } as unknown as RedisFailover['spec'];

const applyExample = async ({ namespace }: FailoverKey, file: string): Promise<void> => {
  await kubectl(['apply', '--namespace', namespace, '-f', `examples/${file}`]);
};

const podName = ({ name }: FailoverKey, ordinal: number): string => `rfr-${name}-${ordinal}`;

const keysOf = async (failover: FailoverKey, pod: string): Promise<string> =>
  (await redisCli(failover, pod, 'DBSIZE')).trim();

const dataOf = (failover: FailoverKey, { master, replicas }: Settled): Promise<readonly string[]> =>
  Promise.all([master, ...replicas].map(({ name }) => keysOf(failover, name)));

/** All pods serve reads, none takes writes. */
const requireServices = async (failover: FailoverKey): Promise<void> => {
  const { namespace, name } = failover;
  const addresses = (await podsOf(failover, 'redis')).map(({ ip }) => ip).sort();
  assert.deepEqual(await addressesOf(namespace, replicasServiceName(name)), addresses);
  assert.deepEqual(await addressesOf(namespace, masterServiceName(name)), []);
};

/** How often each process received, or sent, all data: its log says so. */
const fullCopies = async (failover: FailoverKey): Promise<readonly number[]> => {
  const pods = await podsOf(failover, 'redis');
  const logs = await Promise.all(
    pods.map(({ name }) => kubectl(['logs', name, '--container', 'redis', '--namespace', failover.namespace])),
  );
  return logs.map((log) => log.split('Full resync').length - 1);
};

const masterForSentinels = async (failover: FailoverKey): Promise<readonly string[]> => {
  const sentinels = await podsOf(failover, 'sentinel');
  const answers = await Promise.all(
    sentinels.map(({ name }) => sentinelCli(failover, name, 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME)),
  );
  return [...new Set(answers.map((answer) => answer.trim().replace('\n', ':')))];
};

const requireSourceMissed = (failover: FailoverKey): Promise<void> =>
  eventually('the source is missed', 60_000, async () => {
    const seen = await getFailover(failover);
    const { reason, message } = requireCondition(seen, 'Degraded', 'True');
    assert.equal(reason, 'SourceUnreachable');
    assert.match(message, /rfr-bootstrapping-0 has no connection to the source old-redis:6379/);
  });

const settledOnOther = (failover: FailoverKey, before: Settled): Promise<Settled> =>
  eventually('another Redis is master', 120_000, async () => {
    const now = await settled(failover, THREE);
    assert.notEqual(now.master.uid, before.master.uid, 'the master is the same');
    return now;
  });
