/** Lines that leave customConfig. */
import assert from 'node:assert/strict';
import { CUSTOMIZED_ANNOTATION } from '../../src/api/names.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, failoverOf, getFailover, requireCondition } from './harness/failover.ts';
import { kubectlJson } from './harness/kubectl.ts';
import { type FailoverKey, identities, podsOf } from './harness/pods.ts';
import { redisCli, sentinelCli } from './harness/redis-cli.ts';
import { testInNamespace } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import { settled } from './harness/views.ts';

const SINGLE = { redis: 1, sentinel: 1 };
const config = (...customConfig: readonly string[]) => ({ redis: { customConfig } });

testInNamespace(
  'a line of customConfig that is removed goes back, what was set by hand stays, and nothing restarts',
  'removed',
  async (failover) => {
    const [redis, sentinel] = [['maxmemory 64mb', 'timeout 100'], ['parallel-syncs 2']];
    await applyFailover(
      failoverOf(failover, SINGLE, { redis: { customConfig: redis }, sentinel: { customConfig: sentinel } }),
    );
    const { master, sentinels } = await settled(failover, SINGLE);
    const pods = identities(await podsOf(failover));
    const settings = async (): Promise<readonly string[]> => {
      const names = ['maxmemory', 'save', 'slowlog-max-len', 'timeout'];
      const answers = names.map((name) => redisCli(failover, master.name, 'CONFIG', 'GET', name));
      const watched = (await sentinelCli(failover, sentinels[0]?.name ?? '', 'MASTER', 'mymaster')).split('\n');
      const options = ['failover-timeout', 'parallel-syncs'].map((name) => watched[watched.indexOf(name) + 1] ?? '');
      return [...(await Promise.all(answers)).map((answer) => answer.split('\n')[1] ?? ''), ...options];
    };
    const become = (expected: readonly string[]): Promise<void> =>
      eventually(`the settings are ${expected.join(', ')}`, 30_000, async () =>
        assert.deepEqual(await settings(), expected),
      );
    await become(['67108864', '900 1 300 10', '128', '100', '10000', '2']);
    await redisCli(failover, master.name, 'CONFIG', 'SET', 'slowlog-max-len', '64');
    await changeSpec(failover, { redis: { customConfig: ['save ""'] }, sentinel: { customConfig: [] } });
    await become(['0', '', '64', '0', '10000', '1']);
    await changeSpec(failover, { redis: { customConfig: [] } });
    await become(['0', '900 1 300 10', '64', '0', '10000', '1']);
    assert.deepEqual(identities(await podsOf(failover)), pods);
  },
);

testInNamespace('the limits of one kind of clients go back, those of the others stay', 'limits', async (failover) => {
  const pubsub = 'client-output-buffer-limit pubsub 1mb 1mb 1';
  const replica = 'client-output-buffer-limit replica 512mb 128mb 30';
  await applyFailover(failoverOf(failover, SINGLE, config(pubsub, replica)));
  const { master } = await settled(failover, SINGLE);
  const become = (expected: string): Promise<void> =>
    eventually(`the limits are ${expected}`, 30_000, async () =>
      assert.equal(await setting(failover, master.name, 'client-output-buffer-limit'), expected),
    );
  await become('normal 0 0 0 slave 536870912 134217728 30 pubsub 1048576 1048576 1');
  await changeSpec(failover, config(replica));
  await become('normal 0 0 0 slave 536870912 134217728 30 pubsub 33554432 8388608 60');
  await changeSpec(failover, config());
  await become('normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60');
});

testInNamespace(
  'where no default is known, a removed line that Redis took gives new pods and loses nothing, one that it refused gives none',
  'no-default',
  async (failover) => {
    const [taken, refused] = ['lazyfree-lazy-expire yes', 'lazyfree-lazy-eviction perhaps'];
    await applyFailover(failoverOf(failover, SINGLE, config(taken, refused)));
    const { master } = await settled(failover, SINGLE);
    assert.equal(await setting(failover, master.name, 'lazyfree-lazy-expire'), 'yes');
    await eventually('what Redis took is remembered, what it refused is not', 30_000, async () =>
      assert.equal(await remembered(failover), 'lazyfree-lazy-expire'),
    );
    const pods = identities(await podsOf(failover));
    await changeSpec(failover, config(taken));
    await eventually('the line that was refused is gone', 30_000, async () =>
      requireCondition(await getFailover(failover), 'ConfigApplied', 'True'),
    );
    await settled(failover, SINGLE);
    assert.deepEqual(identities(await podsOf(failover)), pods);

    const outcome = await underLoad(failover, { sizes: SINGLE, disturb: () => changeSpec(failover, config()) });
    requireNothingLost(outcome);
    assert.notEqual(outcome.after.master.uid, outcome.before.master.uid);
    assert.equal(await setting(failover, outcome.after.master.name, 'lazyfree-lazy-expire'), 'no');
    assert.equal(await remembered(failover), undefined);
  },
);

const setting = async (failover: FailoverKey, pod: string, name: string): Promise<string> =>
  (await redisCli(failover, pod, 'CONFIG', 'GET', name)).split('\n')[1] ?? '';

/** What the config map says of customConfig. */
const remembered = async ({ namespace, name }: FailoverKey): Promise<string | undefined> => {
  type Annotated = { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
  const { metadata } = await kubectlJson<Annotated>(['get', 'configmap', `rfr-${name}`, '--namespace', namespace]);
  return metadata.annotations?.[CUSTOMIZED_ANNOTATION];
};
