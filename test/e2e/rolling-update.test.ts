/** The pod template changes under load. */
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { changeSpec, freshCondition, getFailover } from './harness/failover.ts';
import { acknowledged, writesAgain } from './harness/load.ts';
import { type FailoverKey, type PodView, podsOf } from './harness/pods.ts';
import { suite } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import type { Settled } from './harness/views.ts';

const SIZES = { redis: 3, sentinel: 3 };
const GOOD_IMAGE = 'redis:8.0.2';
const NO_IMAGE = 'redis:no-such-version';
const uids = ({ master, replicas }: Settled): readonly string[] => [master, ...replicas].map(({ uid }) => uid);

suite('the pods are replaced under load', {
  name: 'roll',
  sizes: SIZES,
  spec: { redis: { image: GOOD_IMAGE } },
}, (add) => {
  add('a change of the pod template replaces every Redis pod, one at a time, and loses nothing', async (failover) => {
    const outcome = await underLoad(failover, {
      sizes: SIZES,
      disturb: async () => {
        await changeSpec(failover, { redis: { tolerations: [{ key: 'nothing-has-this', operator: 'Exists' }] } });
        await rollOneAtATime(failover);
      },
    });
    requireNothingLost(outcome);
    const kept = uids(outcome.after).filter((uid) => uids(outcome.before).includes(uid));
    assert.deepEqual(kept, [], 'these pods are still from the old template');
  });

  add('an image that cannot be pulled costs one replica at most, is named, and can be reverted', async (failover) => {
    const outcome = await underLoad(failover, {
      sizes: SIZES,
      disturb: async (_, load) => {
        await changeSpec(failover, { redis: { image: NO_IMAGE } });
        await eventually('a condition names the image', 120_000, () => requireImageNamed(failover));
        await writesAgain(load, await acknowledged(load));
        requireAtMostOneAway(await podsOf(failover, 'redis'));
        await changeSpec(failover, { redis: { image: GOOD_IMAGE } });
      },
    });
    requireNothingLost(outcome);
    const kept = uids(outcome.after).filter((uid) => uids(outcome.before).includes(uid));
    assert.ok(kept.length >= 2, 'pods that ran were replaced for nothing');
    assert.equal(outcome.after.master.uid, outcome.before.master.uid, 'the master had nothing to do with it');
  });
});

/** Looks at the pods until the status says that the roll is over; rejects as soon as two of them are away. */
const rollOneAtATime = async (failover: FailoverKey): Promise<void> => {
  let tooMany: Error | undefined;
  await eventually('the roll ends', 240_000, async () => {
    try {
      requireAtMostOneAway(await podsOf(failover, 'redis'));
    } catch (error) {
      tooMany = error instanceof Error ? error : new Error(String(error));
      return;
    }
    const { status, message } = freshCondition(await getFailover(failover), 'Ready');
    if (status !== 'True') throw new Error(message);
  });
  if (tooMany) throw tooMany;
};

const requireAtMostOneAway = (pods: readonly PodView[]): void => {
  const serving = pods.filter(({ ready, deleting }) => ready && !deleting).map(({ name }) => name);
  assert.ok(serving.length >= SIZES.redis - 1, `only ${serving.join(', ')} are there`);
};

const requireImageNamed = async (failover: FailoverKey): Promise<void> => {
  const { status, reason, message } = freshCondition(await getFailover(failover), 'Degraded');
  assert.deepEqual({ status, reason }, { status: 'True', reason: 'ImageNotPulled' }, message);
  assert.ok(message.includes(NO_IMAGE), `the message does not name the image: ${message}`);
};
