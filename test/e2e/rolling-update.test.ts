/** The pod template changes under load. */
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { changeSpec, freshCondition, getFailover, requireCondition } from './harness/failover.ts';
import { acknowledged, writesAgain } from './harness/load.ts';
import { type FailoverKey, type PodView, podsOf } from './harness/pods.ts';
import { redisCli } from './harness/redis-cli.ts';
import { mostAwayInRoll, serving } from './harness/roll.ts';
import { suite } from './harness/suite.ts';
import { keptPods, requireNothingLost, underLoad } from './harness/under-load.ts';

const SIZES = { redis: 3, sentinel: 3 };
const GOOD_IMAGE = 'redis:8.0.2';
const NO_IMAGE = 'redis:no-such-version';

suite('the pods are replaced under load', {
  name: 'roll',
  sizes: SIZES,
  spec: { redis: { image: GOOD_IMAGE } },
}, (add) => {
  add(
    'a parameter that is read only at a start replaces every Redis pod, one at a time, and loses nothing',
    async (failover) => {
      const outcome = await underLoad(failover, {
        sizes: SIZES,
        disturb: async () => {
          await changeSpec(failover, { redis: { customConfig: ['io-threads 2'] } });
          assert.equal(await mostAwayInRoll(failover, SIZES.redis), 1, 'pods that were away at once');
        },
      });
      requireNothingLost(outcome);
      assert.deepEqual(keptPods(outcome), [], 'these pods are still from the old template');
      const { master } = outcome.after;
      assert.equal(await redisCli(failover, master.name, 'CONFIG', 'GET', 'io-threads'), 'io-threads\n2');
      requireCondition(await getFailover(failover), 'ConfigApplied', 'True');
    },
  );

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
    assert.ok(keptPods(outcome).length >= 2, 'pods that ran were replaced for nothing');
    assert.equal(outcome.after.master.uid, outcome.before.master.uid, 'the master had nothing to do with it');
  });
});

const requireAtMostOneAway = (pods: readonly PodView[]): void => {
  const there = serving(pods);
  assert.ok(there.length >= SIZES.redis - 1, `only ${there.join(', ')} are there`);
};

const requireImageNamed = async (failover: FailoverKey): Promise<void> => {
  const { status, reason, message } = freshCondition(await getFailover(failover), 'Degraded');
  assert.deepEqual({ status, reason }, { status: 'True', reason: 'ImageNotPulled' }, message);
  assert.ok(message.includes(NO_IMAGE), `the message does not name the image: ${message}`);
};
