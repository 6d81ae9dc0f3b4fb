/** The master is lost in every way there is; clients write again and the old master comes back as a replica. */
import assert from 'node:assert/strict';
import { cutNode, isLocal, rejoinNode, signalContainer } from '../../cluster/faults.ts';
import { parseNodeCount } from '../../cluster/layout.ts';
import { requireFailoverTold } from './harness/failover-told.ts';
import { acknowledged, writesAgain } from './harness/load.ts';
import { keepOperatorOff } from './harness/nodes.ts';
import { deletePods } from './harness/pods.ts';
import { suite } from './harness/suite.ts';
import { requireNothingLost, requireOldMasterFollows, underLoad } from './harness/under-load.ts';
import { type Settled, settled } from './harness/views.ts';

const SIZES = { redis: 3, sentinel: 3 };

suite('the master is lost under load', { name: 'crash', sizes: SIZES }, (add) => {
  if (isLocal()) {
    add(
      'the process of the master is killed: another is elected and the old one restarts as its replica',
      async (failover) => {
        const disturb = ({ master }: Settled) =>
          signalContainer({ namespace: failover.namespace, pod: master.name, container: 'redis', signal: 'SIGKILL' });
        const outcome = await underLoad(failover, { sizes: SIZES, disturb });
        requireOldMasterFollows(outcome);
        const { before, after } = outcome;
        const restarted = after.replicas.find(({ name }) => name === before.master.name);
        assert.equal(restarted?.uid, before.master.uid, 'the container restarts in the same pod');
        assert.equal(restarted?.restarts, before.master.restarts + 1);
        await requireFailoverTold(failover, outcome);
      },
    );
  }

  add(
    'the pod of the master is deleted: it is handed over first and no acknowledged write is lost',
    async (failover) => {
      const outcome = await underLoad(failover, {
        sizes: SIZES,
        disturb: ({ master }) => deletePods(failover.namespace, [master.name]),
      });
      requireOldMasterFollows(outcome);
      requireNothingLost(outcome);
    },
  );

  add('the pod of the master is deleted without grace: another is elected', async (failover) => {
    const outcome = await underLoad(failover, {
      sizes: SIZES,
      disturb: ({ master }) => deletePods(failover.namespace, [master.name], { graceSeconds: 0 }),
    });
    requireOldMasterFollows(outcome);
  });
});

// A suite of its own: it needs pods that are spread evenly over the nodes. One node cannot be cut off from the others.
if (isLocal() && parseNodeCount(process.env['NODES']) === SIZES.redis) {
  suite('the node of the master is lost under load', { name: 'cut', sizes: SIZES }, (add) => {
    add('it is cut off and comes back: clients go on elsewhere and of two masters one remains', async (failover) => {
      const { node } = (await settled(failover, SIZES)).master;
      await keepOperatorOff(node);
      const outcome = await underLoad(failover, {
        sizes: SIZES,
        avoidNode: node,
        disturb: async (_, load) => {
          await cutNode(node);
          try {
            await writesAgain(load, await acknowledged(load));
          } finally {
            await rejoinNode(node);
          }
        },
      });
      requireOldMasterFollows(outcome);
    });
  });
}
