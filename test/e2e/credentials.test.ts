/** Replicas and Sentinels that take a foreign Redis for their own are refused by it, and the credentials can change. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Pod, Secret } from 'kubernetes-types/core/v1.js';
import { INTERNAL_USER, internalName, MASTER_NAME } from '../../src/api/names.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, failoverOf } from './harness/failover.ts';
import { exec, kubectl, kubectlJson } from './harness/kubectl.ts';
import { createNamespace, deleteNamespace } from './harness/namespaces.ts';
import { ensureOperator } from './harness/operator.ts';
import { deletePods, type FailoverKey, identities, podsOf, selectorOf } from './harness/pods.ts';
import { parseInstances, redisCli } from './harness/redis-cli.ts';
import { dumpedOnFailure, suite } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import { type Settled, settled } from './harness/views.ts';

const SIZES = { redis: 2, sentinel: 1 };
const LIMIT_MS = 5 * 60_000;
/** One password of the default user for two failovers, so that it keeps nobody out. */
const SHARED = 'shared-login';

const passwordOf = async ({ namespace, name }: FailoverKey): Promise<string> => {
  const secret = await kubectlJson<Secret>(['get', 'secret', internalName(name), '--namespace', namespace]);
  return atob(secret.data?.['password'] ?? '');
};

/** Resolves when `master` has refused a login as the internal user from `ip`. https://redis.io/docs/latest/commands/acl-log/ */
const refusalOf = (ip: string, { failover, master }: { failover: FailoverKey; master: string }): Promise<void> =>
  eventually(`${failover.name} refuses ${ip}`, 30_000, async () => {
    const entry = `username\n${INTERNAL_USER}\nage-seconds\n[0-9.]+\nclient-info\n.* addr=${ip.replaceAll('.', '[.]')}:`;
    assert.match(await redisCli(failover, master, 'ACL', 'LOG'), new RegExp(entry));
  });

/** Settles the failover and writes its name into its data. */
const mark = async (failover: FailoverKey): Promise<Settled> => {
  const seen = await settled(failover, SIZES);
  assert.equal(await redisCli(failover, seen.master.name, 'SET', 'owner', failover.name), 'OK');
  return seen;
};

describe('addresses of one failover come to be those of another', { timeout: LIMIT_MS }, () => {
  let namespace = '';
  const named = (name: string): FailoverKey => ({
    name,
    get namespace() {
      return namespace;
    },
  });
  const [near, far, open] = [named('near'), named('far'), named('open')] as const;
  before(async () => {
    await ensureOperator();
    namespace = await createNamespace('reuse');
    await kubectl(['create', 'secret', 'generic', SHARED, '--from-literal=password=same', '--namespace', namespace]);
    const auth = { secretPath: SHARED };
    await Promise.all([
      ...[near, far].map((failover) => applyFailover(failoverOf(failover, SIZES, { auth }))),
      applyFailover(failoverOf(open, SIZES)),
    ]);
  });

  for (const foreign of [far, open]) {
    test(`a replica that follows the master of ${foreign.name} is refused, keeps its data and comes back`, () =>
      dumpedOnFailure('a foreign master', [near, foreign], async () => {
        const [{ replicas }, { master }] = [await mark(near), await mark(foreign)];
        const [replica] = replicas;
        assert.ok(replica !== undefined);
        await redisCli(near, replica.name, 'REPLICAOF', master.ip, '6379');
        await refusalOf(replica.ip, { failover: foreign, master: master.name });
        assert.equal(await redisCli(near, replica.name, 'GET', 'owner'), near.name);
        await Promise.all([near, foreign].map((failover) => settled(failover, SIZES)));
        assert.equal(await redisCli(near, replica.name, 'GET', 'owner'), near.name);
      }));
  }

  test('a Sentinel that watches a foreign master finds it down, learns of nobody and is heard by nobody', () =>
    dumpedOnFailure('a foreign Sentinel', [near, far], async () => {
      const [{ sentinels }, { master }] = [await settled(near, SIZES), await settled(far, SIZES)];
      const [sentinel] = sentinels;
      assert.ok(sentinel !== undefined);
      const stray = strayIn(near, sentinel.name);
      await stray.start({ ip: master.ip, password: await passwordOf(near) });
      await refusalOf(sentinel.ip, { failover: far, master: master.name });
      await eventually('it finds the foreign master down', 30_000, async () => {
        const [view] = parseInstances(await stray.ask('MASTER', MASTER_NAME));
        assert.match(view?.['flags'] ?? '', /s_down/);
        assert.equal(view?.['num-slaves'], '0');
        assert.equal(view?.['num-other-sentinels'], '0');
      });
      const untouched = await settled(far, SIZES);
      assert.equal(untouched.master.name, master.name);
      await stray.stop();
    }));

  after(() => deleteNamespace(namespace));
});

/** A second Sentinel in a Sentinel's pod, which nobody puts right. */
const strayIn = (failover: FailoverKey, pod: string) => {
  const where = { namespace: failover.namespace, pod, container: 'sentinel' };
  const redisCliArgs = ['redis-cli', '-p', '26380'];
  return {
    start: ({ ip, password }: { readonly ip: string; readonly password: string }): Promise<string> => {
      const config = [
        'port 26380',
        'dir /redis',
        'protected-mode no',
        `sentinel monitor ${MASTER_NAME} ${ip} 6379 1`,
        `sentinel down-after-milliseconds ${MASTER_NAME} 2000`,
        `sentinel auth-user ${MASTER_NAME} ${INTERNAL_USER}`,
        `sentinel auth-pass ${MASTER_NAME} ${password}`,
      ];
      const start = 'cat > /redis/stray.conf && exec redis-server /redis/stray.conf --sentinel --daemonize yes';
      return exec(where, ['sh', '-c', start], { input: `${config.join('\n')}\n` });
    },
    ask: (...question: readonly string[]) => exec(where, [...redisCliArgs, 'SENTINEL', ...question]),
    stop: () => exec(where, [...redisCliArgs, 'SHUTDOWN', 'NOSAVE']),
  };
};

const THREE = { redis: 3, sentinel: 3 };

suite('internal credentials change', {
  name: 'changing',
  sizes: THREE,
  spec: { auth: { internalCredentials: false } },
}, (add) => {
  add('switched on, they roll the pods once and nothing is lost', async (failover) => {
    const outcome = await underLoad(failover, {
      sizes: THREE,
      disturb: async () => {
        await changeSpec(failover, { auth: { internalCredentials: true } });
        await eventually('all pods start with them', 300_000, async () => {
          const selector = selectorOf(failover, 'redis');
          const args = ['get', 'pods', '--namespace', failover.namespace, '--selector', selector];
          const { items } = await kubectlJson<{ readonly items: readonly Pod[] }>(args);
          const without = items.filter(({ spec }) => !spec?.volumes?.some(({ name }) => name === 'redis-internal'));
          assert.deepEqual(
            without.map(({ metadata }) => metadata?.name),
            [],
          );
          await settled(failover, THREE, 1);
        });
      },
    });
    requireNothingLost(outcome);
    await requireSentinelsUse(failover, outcome.after);
  });

  add('a Secret deleted by hand comes back with another password, which running pods take over', async (failover) => {
    const { master, replicas } = await settled(failover, THREE);
    const [pods, password] = [identities(await podsOf(failover)), await passwordOf(failover)];
    const outcome = await underLoad(failover, {
      sizes: THREE,
      disturb: async () => {
        await kubectl(['delete', 'secret', internalName(failover.name), '--namespace', failover.namespace]);
        await eventually('every Redis takes the new password only', 60_000, async () => {
          const renewed = await passwordOf(failover);
          assert.notEqual(renewed, password);
          for (const { name } of [master, ...replicas]) {
            const used = await redisCli(failover, name, 'CONFIG', 'GET', 'masterauth');
            assert.equal(used, `masterauth\n${renewed}`);
            assert.match(await redisCli(failover, name, 'AUTH', INTERNAL_USER, password), /WRONGPASS/);
          }
        });
      },
    });
    requireNothingLost(outcome);
    assert.deepEqual(identities(await podsOf(failover)), pods, 'pods were restarted');
  });

  add('after it, the master fails over to a replica and its pod comes back', async (failover) => {
    const outcome = await underLoad(failover, {
      sizes: THREE,
      disturb: ({ master }) => deletePods(failover.namespace, [master.name], { graceSeconds: 0 }),
    });
    await requireSentinelsUse(failover, outcome.after);
  });
});

/** Every Sentinel is logged in to the master as the internal user. */
const requireSentinelsUse = async (failover: FailoverKey, { master, sentinels }: Settled): Promise<void> => {
  const clients = (await redisCli(failover, master.name, 'CLIENT', 'LIST')).split('\n');
  const users = clients
    .filter((line) => / name=sentinel-\S+-cmd /.test(line))
    .map((line) => / user=(\S+)/.exec(line)?.[1]);
  assert.deepEqual(
    users,
    sentinels.map(() => INTERNAL_USER),
  );
};
