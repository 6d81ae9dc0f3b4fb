/** Sentinels that ask clients for a password: switched on, changed and switched off for a failover that runs. */
import assert from 'node:assert/strict';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { INTERNAL_USER, SENTINEL_PORT } from '../../src/api/names.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, failoverOf, waitReady } from './harness/failover.ts';
import { exec, kubectl, kubectlJson } from './harness/kubectl.ts';
import { deletePods, type FailoverKey, selectorOf } from './harness/pods.ts';
import { testInNamespace } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';

const THREE = { redis: 3, sentinel: 3 };
const LIMIT_MS = 300_000;
const SECRET = 'sentinel-login';
const [FIRST, SECOND] = ['first "one"', 'second'];

testInNamespace('Sentinels ask clients for a password, and go on electing', 'asking', async (failover) => {
  await setPassword(failover, FIRST);
  await applyFailover(failoverOf(failover, THREE));
  const outcome = await underLoad(failover, {
    sizes: THREE,
    sentinelSecret: SECRET,
    disturb: async ({ master }) => {
      assert.equal(await inRedis(failover, master.name, 'redis-cli SET first here'), 'OK');
      await changeSpec(failover, { auth: { sentinelSecretPath: SECRET } });
      await allSentinels(failover, 'ask for the first password', async (pod) => {
        assert.match(await ask(failover, pod), /NOAUTH/);
        assert.match(await ask(failover, pod, FIRST), /^\d+\./);
      });
    },
  });
  requireNothingLost(outcome);
  const guarded = outcome.after.master.name;

  await setPassword(failover, `${SECOND}\n`);
  await allSentinels(failover, 'ask for the second password', async (pod) => {
    assert.match(await ask(failover, pod, FIRST), /WRONGPASS/);
    assert.match(await ask(failover, pod, SECOND), /^\d+\./);
    assert.match(await peersOf(failover, pod), /OK 3 usable/);
  });

  await deletePods(failover.namespace, [guarded], { graceSeconds: 0 });
  const elected = await eventually('another Redis is master', LIMIT_MS, async () => {
    const now = await masterOf(failover);
    assert.notEqual(now, guarded);
    return now;
  });
  assert.equal(await inRedis(failover, elected, 'redis-cli GET first'), 'here');

  await changeSpec(failover, { auth: { sentinelSecretPath: '' } });
  await allSentinels(failover, 'ask for none', async (pod) => assert.match(await ask(failover, pod), /^\d+\./));
  assert.equal(await inRedis(failover, await masterOf(failover), 'redis-cli GET first'), 'here');
  await eventually('our Secret is gone', LIMIT_MS, async () => {
    const args = ['get', 'secrets', '--namespace', failover.namespace, '--output', 'name'];
    assert.doesNotMatch(await kubectl(args), /rfs-/);
  });
});

const setPassword = async ({ namespace }: FailoverKey, password: string): Promise<void> => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SECRET },
    data: { password: btoa(password) },
  };
  await kubectl(['apply', '--namespace', namespace, '--filename', '-'], { input: JSON.stringify(secret) });
};

/** The pod of the master, once all is as the spec asks. */
const masterOf = async (failover: FailoverKey): Promise<string> =>
  (await waitReady(failover, LIMIT_MS)).status?.master?.pod ?? '';

const inRedis = async ({ namespace }: FailoverKey, pod: string, command: string): Promise<string> =>
  (await exec({ namespace, pod, container: 'redis' }, ['sh', '-c', command])).trim();

/** Resolves when the check holds for every Sentinel that there is to be. */
const allSentinels = (
  failover: FailoverKey,
  what: string,
  check: (pod: string) => Promise<unknown>,
): Promise<unknown> =>
  eventually(`all Sentinels ${what}`, LIMIT_MS, async () => {
    const args = ['get', 'pods', '--namespace', failover.namespace, '--selector', selectorOf(failover, 'sentinel')];
    const { items } = await kubectlJson<{ readonly items: readonly Pod[] }>(args);
    assert.equal(items.length, THREE.sentinel);
    for (const { metadata } of items) await check(metadata?.name ?? '');
  });

/** The address that a client gets, or what it is told instead. */
const ask = (failover: FailoverKey, pod: string, password?: string): Promise<string> => {
  const login = password === undefined ? '' : `REDISCLI_AUTH='${password}' `;
  const question = `redis-cli -p ${SENTINEL_PORT} SENTINEL GET-MASTER-ADDR-BY-NAME mymaster 2>&1`;
  return inSentinel(failover, pod, `${login}${question}`);
};

const peersOf = (failover: FailoverKey, pod: string): Promise<string> =>
  inSentinel(
    failover,
    pod,
    `REDISCLI_AUTH=$(cat /sentinel-login/password) redis-cli --user ${INTERNAL_USER} -p ${SENTINEL_PORT} SENTINEL CKQUORUM mymaster`,
  );

const inSentinel = async ({ namespace }: FailoverKey, pod: string, command: string): Promise<string> =>
  exec({ namespace, pod, container: 'sentinel' }, ['sh', '-c', `${command} || :`]);
