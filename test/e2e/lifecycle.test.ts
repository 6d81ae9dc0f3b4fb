/** The operator goes and comes back; failovers are deleted. */
import assert from 'node:assert/strict';
import { childrenOf } from './harness/children.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, deleteFailover, failoverOf, onVolumes } from './harness/failover.ts';
import { acknowledged, writesAgain } from './harness/load.ts';
import { installOperator, uninstallOperator } from './harness/operator.ts';
import { identities, podsOf } from './harness/pods.ts';
import { suite, testInNamespace } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import { settled } from './harness/views.ts';

const SIZES = { redis: 3, sentinel: 3 };
const SINGLE = { redis: 1, sentinel: 1 };
/** All that is made for a failover; claims have its labels, too. */
const EVERYTHING = 'pods,statefulsets,deployments,services,configmaps,poddisruptionbudgets,secrets,endpointslices,pvc';

suite('the operator is uninstalled and installed again', { name: 'orphan', sizes: SIZES }, (add) => {
  add(
    'Redis serves on without it; a change made meanwhile is done when it is back, and no pod restarts',
    async (failover) => {
      const pods = identities(await podsOf(failover));
      const outcome = await underLoad(failover, {
        sizes: SIZES,
        sizesAfter: { redis: 4, sentinel: 3 },
        disturb: async (_, load) => {
          await uninstallOperator();
          await writesAgain(load, await acknowledged(load));
          assert.deepEqual(identities(await podsOf(failover)), pods, 'pods changed with the operator');
          await changeSpec(failover, { redis: { replicas: 4 } });
          await installOperator();
        },
      });
      requireNothingLost(outcome);
      const present = identities(await podsOf(failover));
      for (const pod of pods) assert.ok(present.includes(pod), `${pod} was restarted or replaced`);
    },
  );
});

testInNamespace(
  'a deleted failover leaves nothing behind but the volumes it was told to keep',
  'deleted',
  async ({ namespace }) => {
    const gone = { namespace, name: 'gone' };
    const kept = { namespace, name: 'kept' };
    const keeping = { redis: { storage: { ...onVolumes, keepAfterDeletion: true } } };
    await applyFailover(failoverOf(gone, SINGLE, { redis: { storage: onVolumes } }));
    await applyFailover(failoverOf(kept, SINGLE, keeping));
    await settled(gone, SINGLE);
    await settled(kept, SINGLE);
    await Promise.all([deleteFailover(gone), deleteFailover(kept)]);
    await eventually('only the kept volume is left', 120_000, async () => {
      assert.deepEqual(await childrenOf(gone, EVERYTHING), []);
      assert.deepEqual(await childrenOf(kept, EVERYTHING), ['persistentvolumeclaim/data-rfr-kept-0']);
    });
  },
);
