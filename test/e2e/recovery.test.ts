/** Whole components are lost at once. */
import assert from 'node:assert/strict';
import { onVolumes } from './harness/failover.ts';
import { acknowledged, type PerClient } from './harness/load.ts';
import { deletePods, type PodView } from './harness/pods.ts';
import { redisCli, redisSession } from './harness/redis-cli.ts';
import { suite } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import { settled } from './harness/views.ts';

const SIZES = { redis: 3, sentinel: 3 };
const spec = { redis: { storage: onVolumes } };
const names = (pods: readonly PodView[]): readonly string[] => pods.map(({ name }) => name);

suite('everything of a kind is lost at once', { name: 'recovery', sizes: SIZES, spec }, (add) => {
  add('all Sentinels are killed: new ones agree on the master, which serves all the while', async (failover) => {
    const outcome = await underLoad(failover, {
      sizes: SIZES,
      disturb: ({ sentinels }) => deletePods(failover.namespace, names(sentinels), { graceSeconds: 0 }),
    });
    requireNothingLost(outcome);
    assert.equal(outcome.after.master.uid, outcome.before.master.uid, 'nothing happened to the master');
  });

  add('all Redis pods are deleted: what was acknowledged before is on the volumes and stays', async (failover) => {
    let counts: PerClient<number> = { sentinel: 0, service: 0 };
    const { summaries } = await underLoad(failover, {
      sizes: SIZES,
      disturb: async ({ master, replicas }, load) => {
        counts = await acknowledged(load);
        await deletePods(failover.namespace, names([master, ...replicas]));
      },
    });
    for (const client of ['sentinel', 'service'] as const) {
      const { verification } = summaries[client];
      assert.ok(verification.kind === 'verified');
      const early = verification.lostKeys.filter(({ first }) => first < counts[client]);
      assert.deepEqual(early, [], `the ${client} client was told of these before the pods were deleted`);
    }
  });

  add('all Redis pods are deleted without grace: the pod that saved the most becomes master', async (failover) => {
    const { master, replicas } = await settled(failover, SIZES);
    await redisSession(failover, master.name, ['SET saved yes', `WAIT ${replicas.length} 5000`, 'SAVE']);
    await deletePods(failover.namespace, names([master, ...replicas]), { graceSeconds: 0 });
    const after = await settled(failover, SIZES);
    assert.equal(await redisCli(failover, after.master.name, 'GET', 'saved'), 'yes');
  });
});
