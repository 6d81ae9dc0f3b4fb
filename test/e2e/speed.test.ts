/** Guards of the speed: one number of a run against another of the same run, because machines differ. */
import assert from 'node:assert/strict';
import { isLocal, signalContainer } from '../../cluster/faults.ts';
import { acknowledged, type PerClient, writesAgain } from './harness/load.ts';
import { deletePods } from './harness/pods.ts';
import { suite } from './harness/suite.ts';
import { type Outcome, requireNothingLost, requireOldMasterFollows, underLoad } from './harness/under-load.ts';

const SIZES = { redis: 3, sentinel: 3 };

const gapsOf = ({ summaries }: Outcome): PerClient<number> => ({
  sentinel: summaries.sentinel.longestGapMs,
  service: summaries.service.longestGapMs,
});

if (isLocal()) {
  suite('how long writes are away', { name: 'speed', sizes: SIZES }, (add) => {
    add('less than half as long when the operator has evidence as when Sentinel must wait for it', async (failover) => {
      const redisOf = (pod: string) => ({ namespace: failover.namespace, pod, container: 'redis' });
      const hung = await underLoad(failover, {
        sizes: SIZES,
        disturb: async ({ master }, load) => {
          await signalContainer({ ...redisOf(master.name), signal: 'SIGSTOP' });
          try {
            await writesAgain(load, await acknowledged(load));
          } finally {
            await signalContainer({ ...redisOf(master.name), signal: 'SIGCONT' });
          }
        },
      });
      requireOldMasterFollows(hung);
      const killed = await underLoad(failover, {
        sizes: SIZES,
        disturb: ({ master }) => signalContainer({ ...redisOf(master.name), signal: 'SIGKILL' }),
      });
      const deleted = await underLoad(failover, {
        sizes: SIZES,
        disturb: ({ master }) => deletePods(failover.namespace, [master.name]),
      });
      requireNothingLost(deleted);
      const gaps = { hung: gapsOf(hung), killed: gapsOf(killed), deleted: gapsOf(deleted) };
      for (const client of ['sentinel', 'service'] as const) {
        for (const fault of ['killed', 'deleted'] as const)
          assert.ok(gaps[fault][client] < gaps.hung[client] / 2, `${client} client: ${JSON.stringify(gaps)} ms`);
      }
    });
  });
}
