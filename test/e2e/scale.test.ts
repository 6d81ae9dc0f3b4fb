/** Sizes change under load, upwards and back, and lose no write. */
import assert from 'node:assert/strict';
import { electMaster } from './harness/elect.ts';
import { changeSpec } from './harness/failover.ts';
import { kubectl } from './harness/kubectl.ts';
import { identities, type PodView } from './harness/pods.ts';
import { mostAwayInRoll } from './harness/roll.ts';
import { suite } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';

const SMALL = { redis: 3, sentinel: 3 };
const LARGE = { redis: 5, sentinel: 5 };
const redisPods = ({ master, replicas }: { readonly master: PodView; readonly replicas: readonly PodView[] }) =>
  identities([master, ...replicas]);

suite('a failover is scaled under load', { name: 'scale', sizes: SMALL }, (add) => {
  add(
    'from three to five Redis by kubectl scale and five Sentinels by spec: nothing is lost or restarted',
    async (failover) => {
      const outcome = await underLoad(failover, {
        sizes: SMALL,
        sizesAfter: LARGE,
        disturb: async () => {
          await kubectl(['scale', `redisfailover/${failover.name}`, '--namespace', failover.namespace, '--replicas=5']);
          await changeSpec(failover, { sentinel: { replicas: 5 } });
        },
      });
      requireNothingLost(outcome);
      const present = redisPods(outcome.after);
      for (const pod of redisPods(outcome.before)) assert.ok(present.includes(pod), `${pod} was restarted or replaced`);
    },
  );

  add('a roll of five replaces two replicas at once, and loses nothing', async (failover) => {
    const outcome = await underLoad(failover, {
      sizes: LARGE,
      disturb: async () => {
        await changeSpec(failover, { redis: { tolerations: [{ key: 'nothing-has-this', operator: 'Exists' }] } });
        assert.equal(await mostAwayInRoll(failover, LARGE.redis), 2, 'pods that were away at once');
      },
    });
    requireNothingLost(outcome);
    const kept = redisPods(outcome.after).filter((pod) => redisPods(outcome.before).includes(pod));
    assert.deepEqual(kept, [], 'these pods are still from the old template');
  });

  add('a scale-down that takes the master hands it over first and loses nothing', async (failover) => {
    const last = `rfr-${failover.name}-4`;
    await electMaster(failover, { pod: last, sizes: LARGE });
    const outcome = await underLoad(failover, {
      sizes: LARGE,
      sizesAfter: SMALL,
      disturb: () => changeSpec(failover, { redis: { replicas: 3 }, sentinel: { replicas: 3 } }),
    });
    requireNothingLost(outcome);
    assert.equal(outcome.before.master.name, last);
  });
});
