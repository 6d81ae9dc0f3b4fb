/** The internal credentials as the pods start with them, beside real Redis and Sentinel processes. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { INTERNAL_USER } from '../../src/api/names.ts';
import { failover } from '../../src/core/objects/fixtures.ts';
import { INTERNAL_RIGHTS, internalSecret } from '../../src/core/objects/internal-secret.ts';
import { redisConfigMap } from '../../src/core/objects/redis-config.ts';
import { SERVER } from '../../src/core/objects/scripts.ts';
import { credentialsOf, internalFacts } from '../../src/operator/internal-login.ts';
import type { Endpoint } from '../../src/ports.ts';
import { aclSetUser, isSentinelLoggedIn, readAclFacts } from '../../src/redis/acl.ts';
import { sentinelMonitor } from '../../src/redis/commands.ts';
import { createRedisDialer } from '../../src/redis/dialer.ts';
import { systemClock } from '../../src/system.ts';
import { eventually, freePort, type RedisProcess, runScript, startRedis, stopAll } from './redis-process.ts';

const LIMIT_MS = 2_000;
const OWN = credentialsOf('pass "word" \\ é');
const FOREIGN = credentialsOf('another');
const dialer = createRedisDialer({ clock: systemClock, clientName: 'conformance' });
const dial = ({ port }: RedisProcess, password?: string) =>
  dialer.dial(at({ port }), { timeoutMs: LIMIT_MS, ...(password !== undefined && { password }) });
const at = ({ port }: { readonly port: number }): Endpoint => ({ host: '127.0.0.1', port });

afterEach(stopAll);

/** A process that has read the file of the Secret; `login` is the password of the default user. */
const start = async (
  credentials: typeof OWN,
  { config = [], login }: { readonly config?: readonly string[]; readonly login?: string } = {},
): Promise<RedisProcess> => {
  const file = join(mkdtempSync(join(tmpdir(), 'internal-')), 'internal.conf');
  const lines = internalSecret(failover(), credentials).data?.['internal.conf'] ?? '';
  writeFileSync(file, Buffer.from(lines, 'base64').toString('utf8'));
  const before = login === undefined ? [] : [`requirepass ${login}`, `masterauth ${login}`];
  return startRedis({ config: ['repl-diskless-sync-delay 0', ...before, ...config, `include ${file}`] });
};

const replicaOf = (master: RedisProcess, credentials: typeof OWN, options: { readonly login?: string } = {}) =>
  start(credentials, { ...options, config: [`replicaof 127.0.0.1 ${master.port}`] });

const asked = async (process: RedisProcess, login: string | undefined, ...command: readonly string[]) =>
  process.call(...(login === undefined ? [] : ['--no-auth-warning', '-a', login]), ...command);

/** The words of what a Redis says of the internal user; the order of its rights is none. */
const userIn = async (process: RedisProcess): Promise<readonly string[]> =>
  (await process.call('ACL', 'GETUSER', INTERNAL_USER)).split(/\s/).sort();

const watch = async (master: RedisProcess, { password }: typeof OWN) => {
  const sentinel = await startRedis({ sentinel: true, config: ['protected-mode no'] });
  const link = await dial(sentinel);
  const login = { user: INTERNAL_USER, password };
  await sentinelMonitor(link, { name: 'mymaster', endpoint: at(master), quorum: 1, login }, LIMIT_MS);
  await sentinel.call('SENTINEL', 'SET', 'mymaster', 'down-after-milliseconds', '1000');
  link.close();
  const says = async (what: string): Promise<string> => sentinel.call('SENTINEL', what, 'mymaster');
  return { sentinel, says };
};

for (const login of [undefined, 'shared']) {
  describe(`internal credentials, ${login === undefined ? 'no password' : 'the same password'} for clients`, () => {
    const options = login === undefined ? {} : { login };

    test('a replica of the same failover follows, one of another failover is refused and keeps its data', async () => {
      const master = await start(OWN, options);
      const [own, foreign] = [await replicaOf(master, OWN, options), await start(FOREIGN, options)];
      await asked(foreign, login, 'SET', 'owner', 'foreign');
      await asked(foreign, login, 'REPLICAOF', '127.0.0.1', String(master.port));
      await eventually('the own replica is in sync', async () =>
        (await asked(own, login, 'INFO', 'replication')).includes('master_link_status:up'),
      );
      await eventually('the foreign one was refused', async () =>
        (await asked(master, login, 'ACL', 'LOG')).includes(INTERNAL_USER),
      );
      assert.match(await asked(foreign, login, 'INFO', 'replication'), /master_link_status:down/);
      assert.equal(await asked(foreign, login, 'GET', 'owner'), 'foreign');
    });

    test('Sentinel fails over with nothing but the rights of the internal user', async () => {
      const master = await start(OWN, options);
      const replica = await replicaOf(master, OWN, options);
      const { sentinel } = await watch(master, OWN);
      await eventually(
        'Sentinel knows the replica well enough',
        async () => (await sentinel.call('SENTINEL', 'FAILOVER', 'mymaster')) === 'OK',
        20_000,
      );
      await eventually('the replica is master', async () => (await asked(replica, login, 'ROLE')).startsWith('master'));
      await eventually(
        'the old master follows it',
        async () => (await asked(master, login, 'INFO', 'replication')).includes('master_link_status:up'),
        20_000,
      );
      assert.doesNotMatch(await asked(master, login, 'ACL', 'LOG'), /reason/);
      assert.doesNotMatch(await asked(replica, login, 'ACL', 'LOG'), /reason/);
    });

    test('it shows as whom a Sentinel is logged in', async () => {
      const master = await start(OWN, options);
      const { sentinel } = await watch(master, OWN);
      const link = await dial(master, login);
      const id = await sentinel.call('SENTINEL', 'MYID');
      await eventually('the Sentinel is logged in', () =>
        isSentinelLoggedIn(link, { id, user: INTERNAL_USER }, LIMIT_MS),
      );
      assert.equal(await isSentinelLoggedIn(link, { id, user: 'default' }, LIMIT_MS), false);
      link.close();
    });
  });
}

describe('internal credentials', () => {
  test('a Sentinel of another failover finds a Redis with a password down and learns nothing', async () => {
    const master = await start(OWN, { login: 'shared' });
    const { says } = await watch(master, FOREIGN);
    await eventually('it is down', async () => (await says('MASTER')).includes('s_down'));
    assert.match(await says('MASTER'), /num-slaves\n0\n/);
    assert.match(await asked(master, 'shared', 'ROLE'), /^master/);
  });

  test('a running Redis admits a new password beside the earlier one, then instead of it', async () => {
    const process = await start(OWN);
    const link = await dial(process);
    const facts = async () => {
      const acl = await readAclFacts(link, INTERNAL_USER, LIMIT_MS);
      return acl && internalFacts(acl, FOREIGN);
    };
    assert.deepEqual(await facts(), { accepted: false, alsoEarlier: true, used: false });
    const rules = ['on', `#${FOREIGN.sha256}`, ...INTERNAL_RIGHTS];
    await aclSetUser(link, { user: INTERNAL_USER, rules }, LIMIT_MS);
    assert.deepEqual(await facts(), { accepted: true, alsoEarlier: true, used: false });
    await aclSetUser(link, { user: INTERNAL_USER, rules: ['resetpass', ...rules] }, LIMIT_MS);
    assert.deepEqual(await facts(), { accepted: true, alsoEarlier: false, used: false });
    link.close();
  });

  test('a Redis that never heard of the user gets it with the same rights as from the file', async () => {
    const [told, started] = [await startRedis({ config: [] }), await start(OWN)];
    const link = await dial(told);
    const rules = ['on', `#${OWN.sha256}`, ...INTERNAL_RIGHTS];
    await aclSetUser(link, { user: INTERNAL_USER, rules }, LIMIT_MS);
    link.close();
    assert.deepEqual(await userIn(told), await userIn(started));
  });

  test('start-redis.sh reads the file only where the Secret is mounted', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'internal-')), 'internal.conf');
    const script = (redisConfigMap(failover()).data?.['start-redis.sh'] ?? '')
      .replaceAll('/redis-internal/internal.conf', file)
      .replace(`exec ${SERVER}`, 'echo');
    assert.equal((await runScript(script)).output.trim(), '/redis/redis.conf');
    writeFileSync(file, 'masteruser x\n');
    assert.equal((await runScript(script)).output.trim(), `/redis/redis.conf --include ${file}`);
  });

  test('read last, as by the start script, its login of replicas wins over the one of the default user', async () => {
    const port = await freePort();
    const directory = mkdtempSync(join(tmpdir(), 'internal-'));
    const file = join(directory, 'internal.conf');
    writeFileSync(file, `masteruser ${INTERNAL_USER}\nmasterauth "own"\n`);
    const process = await startRedis({
      port,
      config: ['masterauth "of the default user"'],
      options: ['--appendonly', 'no', '--include', file],
    });
    assert.equal(await process.call('CONFIG', 'GET', 'masterauth'), 'masterauth\nown');
    assert.equal(await process.call('CONFIG', 'GET', 'masteruser'), `masteruser\n${INTERNAL_USER}`);
  });
});
