/** Several failovers never touch each other, even when pods of one get addresses that were another's. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from './harness/eventually.ts';
import { applyFailover, deleteFailover, failoverOf } from './harness/failover.ts';
import { createNamespace, deleteNamespace } from './harness/namespaces.ts';
import { ensureOperator } from './harness/operator.ts';
import { deletePods, type FailoverKey, identities, podsOf } from './harness/pods.ts';
import { redisCli } from './harness/redis-cli.ts';
import { dumpedOnFailure } from './harness/suite.ts';
import { settled } from './harness/views.ts';

const SIZES = { redis: 2, sentinel: 3 };
const LIMIT_MS = 5 * 60_000;

describe('two failovers in a namespace and a third of the same name in another', { timeout: LIMIT_MS }, () => {
  let near: FailoverKey = { namespace: '', name: 'near' };
  let neighbour: FailoverKey = { namespace: '', name: 'neighbour' };
  let namesake: FailoverKey = { namespace: '', name: 'near' };
  const all = (): readonly FailoverKey[] => [near, neighbour, namesake];

  before(async () => {
    await ensureOperator();
    const [here, elsewhere] = [await createNamespace('here'), await createNamespace('elsewhere')];
    near = { ...near, namespace: here };
    neighbour = { ...neighbour, namespace: here };
    namesake = { ...namesake, namespace: elsewhere };
    await Promise.all(all().map((failover) => applyFailover(failoverOf(failover, SIZES))));
  });

  test('each knows its own members only and keeps its own data, also after most pods of two changed their addresses', () =>
    dumpedOnFailure('isolation', all(), async () => {
      for (const failover of all()) await writeOwnKey(failover);
      const untouched = identities(await podsOf(namesake));
      await Promise.all([near, neighbour].map(deleteAllButMaster));
      for (const failover of all()) await requireOwnKeyOnly(failover);
      assert.deepEqual(identities(await podsOf(namesake)), untouched, 'the third was touched');
    }));

  test('the deletion of one leaves the others as they are', () =>
    dumpedOnFailure('isolation after a deletion', all(), async () => {
      const untouched = await identitiesOf([neighbour, namesake]);
      await deleteFailover(near);
      await eventually('the pods of the deleted failover are gone', 90_000, async () => {
        assert.deepEqual(identities(await podsOf(near)), []);
      });
      for (const failover of [neighbour, namesake]) await requireOwnKeyOnly(failover);
      assert.deepEqual(await identitiesOf([neighbour, namesake]), untouched);
    }));

  after(() => Promise.all([near, namesake].map(({ namespace }) => deleteNamespace(namespace))));
});

const identitiesOf = async (failovers: readonly FailoverKey[]): Promise<readonly string[]> =>
  identities((await Promise.all(failovers.map((failover) => podsOf(failover)))).flat());

const markOf = ({ namespace, name }: FailoverKey): string => `${namespace}/${name}`;

const writeOwnKey = async (failover: FailoverKey): Promise<void> => {
  const { master } = await settled(failover, SIZES);
  assert.equal(await redisCli(failover, master.name, 'SET', markOf(failover), 'mine'), 'OK');
};

const requireOwnKeyOnly = async (failover: FailoverKey): Promise<void> => {
  const { master } = await settled(failover, SIZES);
  assert.equal(await redisCli(failover, master.name, 'KEYS', '*'), markOf(failover));
};

const deleteAllButMaster = async (failover: FailoverKey): Promise<void> => {
  const { replicas, sentinels } = await settled(failover, SIZES);
  const names = [...replicas, ...sentinels].map(({ name }) => name);
  await deletePods(failover.namespace, names, { graceSeconds: 0 });
};
