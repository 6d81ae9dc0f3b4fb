/** Planned changes of master under load: asked for, before an eviction, off a cordoned node. None may lose a write. */
import assert from 'node:assert/strict';
import { parseNodeCount } from '../../cluster/layout.ts';
import { isLocal } from '../../cluster/state.ts';
import { HAND_OVER_ANNOTATION } from '../../src/api/names.ts';
import type { HandOverStatus } from '../../src/api/types.ts';
import { eventually } from './harness/eventually.ts';
import { getFailover } from './harness/failover.ts';
import { kubectl } from './harness/kubectl.ts';
import { type FailoverKey, identities, podsOf } from './harness/pods.ts';
import { suite } from './harness/suite.ts';
import { requireNothingLost, requireOldMasterFollows, underLoad } from './harness/under-load.ts';
import { type Settled, settled } from './harness/views.ts';

const SIZES = { redis: 3, sentinel: 3 };
const MOVE_LIMIT_MS = 60_000;

suite('the master moves as planned, under load', { name: 'moved', sizes: SIZES }, (add) => {
  add('to the pod that the annotation names: status says Done, and no pod is restarted', async (failover) => {
    const { replicas } = await settled(failover, SIZES);
    const target = replicas.at(-1)?.name ?? '';
    const outcome = await underLoad(failover, { sizes: SIZES, disturb: () => askFor(failover, target, 'Done') });
    requireNothingLost(outcome);
    assert.equal(outcome.after.master.name, target);
    assert.deepEqual(redisPods(outcome.after), redisPods(outcome.before));
  });

  add('to any other pod, once; the same value is no new request', async (failover) => {
    const outcome = await underLoad(failover, { sizes: SIZES, disturb: () => askFor(failover, 'any#1', 'Done') });
    requireNothingLost(outcome);
    requireOldMasterFollows(outcome);
    const done = await askFor(failover, 'any#1', 'Done');
    assert.equal(done.to, (await settled(failover, SIZES)).master.name);
  });

  add('not to a pod that does not exist: the status says why, and nothing moves', async (failover) => {
    const { master } = await settled(failover, SIZES);
    const { message } = await askFor(failover, 'no-such-pod', 'Refused');
    assert.match(message, /no Redis pod no-such-pod/);
    assert.equal((await settled(failover, SIZES)).master.uid, master.uid);
    await kubectl([...annotate(failover), `${HAND_OVER_ANNOTATION}-`]);
    await eventually('nothing is asked any more', MOVE_LIMIT_MS, async () =>
      assert.equal((await getFailover(failover)).status?.handOver, undefined),
    );
  });

  add('before its pod is evicted', async (failover) => {
    const outcome = await underLoad(failover, {
      sizes: SIZES,
      disturb: async ({ master }) => {
        await evict(failover, master.name);
        await eventually('the pod is replaced', MOVE_LIMIT_MS, () => requireReplaced(failover, master.uid));
      },
    });
    requireNothingLost(outcome);
    requireOldMasterFollows(outcome);
  });
});

// A suite of its own: it needs pods that are spread evenly over the nodes.
if (isLocal() && parseNodeCount(process.env['NODES']) === SIZES.redis) {
  suite('the node of the master is cordoned under load', { name: 'cordoned', sizes: SIZES }, (add) => {
    add('the master moves to another node and stays there, and no pod is restarted', async (failover) => {
      const outcome = await underLoad(failover, {
        sizes: SIZES,
        disturb: async ({ master }) => {
          await kubectl(['cordon', master.node]);
          try {
            await eventually(`the master leaves ${master.node}`, MOVE_LIMIT_MS, () =>
              requireMoved(failover, master.name),
            );
          } finally {
            await kubectl(['uncordon', master.node]);
          }
        },
      });
      requireNothingLost(outcome);
      assert.notEqual(outcome.after.master.node, outcome.before.master.node);
      assert.deepEqual(redisPods(outcome.after), redisPods(outcome.before));
    });
  });
}

const redisPods = ({ master, replicas }: Settled): readonly string[] => identities([master, ...replicas]);

const annotate = ({ namespace, name }: FailoverKey): readonly string[] => [
  'annotate',
  '--overwrite',
  '--namespace',
  namespace,
  `redisfailovers.databases.spotahome.com/${name}`,
];

/** Asks for another master and resolves when the status says how it ended. */
const askFor = async (
  failover: FailoverKey,
  request: string,
  state: HandOverStatus['state'],
): Promise<HandOverStatus> => {
  await kubectl([...annotate(failover), `${HAND_OVER_ANNOTATION}=${request}`]);
  return eventually(`the request ${request} is ${state}`, MOVE_LIMIT_MS, async () => {
    const answer = (await getFailover(failover)).status?.handOver;
    if (answer?.request !== request || answer.state !== state) throw new Error(JSON.stringify(answer));
    return answer;
  });
};

/** What `kubectl drain` does with a pod. */
const evict = async ({ namespace }: FailoverKey, name: string): Promise<void> => {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  await kubectl(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(eviction) });
};

const requireReplaced = async (failover: FailoverKey, uid: string): Promise<void> => {
  assert.ok(!(await podsOf(failover, 'redis')).some((pod) => pod.uid === uid), 'the pod is still there');
};

const requireMoved = async (failover: FailoverKey, pod: string): Promise<void> => {
  assert.notEqual((await getFailover(failover)).status?.master?.pod, pod, 'it is master still');
};
