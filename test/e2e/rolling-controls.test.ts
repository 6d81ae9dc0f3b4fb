/** What a user can say about a roll, and rolls of failovers that have little to spare. */
import assert from 'node:assert/strict';
import { PAUSE_ANNOTATION } from '../../src/api/names.ts';
import type { RedisFailoverSpec } from '../../src/api/types.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, failoverOf, freshCondition, getFailover } from './harness/failover.ts';
import { kubectl } from './harness/kubectl.ts';
import { deletePods, type FailoverKey, identities, type PodView, podsOf } from './harness/pods.ts';
import { testInNamespace } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import type { Settled } from './harness/views.ts';

const THREE = { redis: 3, sentinel: 3 };
/** Needs new pods and changes nothing else. */
const ROLL: RedisFailoverSpec = { redis: { tolerations: [{ key: 'nothing-has-this', operator: 'Exists' }] } };
const redisOf = ({ master, replicas }: Settled): readonly PodView[] => [master, ...replicas];
const requireAllReplaced = (before: Settled, after: Settled): void => {
  const old = new Set(redisOf(before).map(({ uid }) => uid));
  const kept = redisOf(after).filter(({ uid }) => old.has(uid));
  assert.deepEqual(kept, [], 'these pods are still from the old template');
};

testInNamespace('a roll that is paused leaves pods alone until it is continued', 'pause', async (failover) => {
  await applyFailover(failoverOf(failover, THREE));
  const outcome = await underLoad(failover, {
    sizes: THREE,
    disturb: async (before) => {
      await changeSpec(failover, ROLL);
      await eventually('a first pod is replaced', 60_000, () => requireLeft(failover, { before, left: 2 }));
      await annotate(failover, `${PAUSE_ANNOTATION}=true`);
      await eventually('the pause shows', 60_000, () => requirePaused(failover, 2));
      const [old] = await leftOf(failover, before);
      await deletePods(failover.namespace, [old?.name ?? '']);
      await eventually('a deleted pod is on the new template', 90_000, async () => {
        await requireLeft(failover, { before, left: 1 });
        await requirePaused(failover, 1);
      });
      await annotate(failover, `${PAUSE_ANNOTATION}-`);
    },
  });
  requireNothingLost(outcome);
  requireAllReplaced(outcome.before, outcome.after);
});

for (const redis of [1, 2]) {
  const sizes = { redis, sentinel: 3 };
  testInNamespace(`a roll of ${redis} Redis without a volume loses nothing`, `surge-${redis}`, async (failover) => {
    await applyFailover(failoverOf(failover, sizes));
    const outcome = await underLoad(failover, { sizes, disturb: () => changeSpec(failover, ROLL) });
    requireNothingLost(outcome);
    requireAllReplaced(outcome.before, outcome.after);
  });
}

testInNamespace('a broken template costs a single Redis nothing and can be reverted', 'stuck', async (failover) => {
  const sizes = { redis: 1, sentinel: 3 };
  await applyFailover(failoverOf(failover, sizes, { redis: { image: 'redis:8.0.2' } }));
  const outcome = await underLoad(failover, {
    sizes,
    disturb: async () => {
      await changeSpec(failover, { redis: { image: 'redis:no-such-version' } });
      await eventually('a condition names the image', 120_000, async () => {
        const { reason, message } = freshCondition(await getFailover(failover), 'Degraded');
        assert.equal(reason, 'ImageNotPulled', message);
      });
      await changeSpec(failover, { redis: { image: 'redis:8.0.2' } });
    },
  });
  requireNothingLost(outcome);
  assert.equal(outcome.after.master.uid, outcome.before.master.uid);
});

testInNamespace('a change of resources is made to the running pods', 'resize', async (failover) => {
  await applyFailover(failoverOf(failover, THREE));
  // More and less: the memory limit of the test manifests is 128Mi.
  for (const memory of ['192Mi', '96Mi']) {
    const resources = { requests: { cpu: '25m', memory: '32Mi' }, limits: { memory } };
    const outcome = await underLoad(failover, {
      sizes: THREE,
      disturb: () => changeSpec(failover, { redis: { resources } }),
    });
    requireNothingLost(outcome);
    assert.deepEqual(identities(redisOf(outcome.after)), identities(redisOf(outcome.before)), 'a pod was replaced');
    assert.equal(outcome.after.master.name, outcome.before.master.name, 'the master was handed over');
    for (const { name } of redisOf(outcome.after)) {
      assert.equal(await memoryLimitOf(failover, name), sizeOf(memory), `${name} has another limit`);
    }
  }
});

testInNamespace(
  'a node that cannot take the resources gets a new pod instead, and only one',
  'nofit',
  async (failover) => {
    await applyFailover(failoverOf(failover, THREE));
    const outcome = await underLoad(failover, {
      sizes: THREE,
      disturb: async (before) => {
        await changeSpec(failover, { redis: { resources: { requests: { cpu: '500' } } } });
        await eventually('a condition says that no node takes a pod', 120_000, async () => {
          const { reason, message } = freshCondition(await getFailover(failover), 'Degraded');
          assert.equal(reason, 'PodUnschedulable', message);
        });
        await requireLeft(failover, { before, left: 2 });
        await changeSpec(failover, { redis: { resources: { requests: { cpu: '20m' } } } });
      },
    });
    requireNothingLost(outcome);
    assert.equal(outcome.after.master.uid, outcome.before.master.uid);
  },
);

const MEBIBYTE = 1_048_576;
const sizeOf = (quantity: string): number => Number.parseInt(quantity, 10) * MEBIBYTE;

/** The limit in effect, in bytes, as the container sees it: cgroup v2 or v1. */
const memoryLimitOf = async ({ namespace }: FailoverKey, pod: string): Promise<number> => {
  const read = 'cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes';
  return Number(await kubectl(['exec', pod, '--namespace', namespace, '--', 'sh', '-c', read]));
};

const annotate = async ({ namespace, name }: FailoverKey, annotation: string): Promise<void> => {
  await kubectl(['annotate', `redisfailover/${name}`, '--namespace', namespace, annotation]);
};

/** The pods of before that are still there. */
const leftOf = async (failover: FailoverKey, before: Settled): Promise<readonly PodView[]> => {
  const old = new Set(redisOf(before).map(({ uid }) => uid));
  return (await podsOf(failover, 'redis')).filter(({ uid, deleting }) => old.has(uid) && !deleting);
};

type Left = { readonly before: Settled; readonly left: number };

const requireLeft = async (failover: FailoverKey, { before, left }: Left): Promise<void> => {
  const names = (await leftOf(failover, before)).map(({ name }) => name);
  assert.equal(names.length, left, `still on the old template: ${names.join(', ')}`);
};

const requirePaused = async (failover: FailoverKey, left: number): Promise<void> => {
  const { status, reason, message } = freshCondition(await getFailover(failover), 'Progressing');
  assert.deepEqual({ status, reason }, { status: 'True', reason: 'RollingUpdatePaused' }, message);
  assert.match(message, new RegExp(`${left} of 3 Redis pods are left`));
};
