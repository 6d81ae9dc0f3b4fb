/** The config files and the start script of Redis pods, read by a real Redis. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import type { RedisFailoverSpec } from '../../src/api/types.ts';
import { failover } from '../../src/core/objects/fixtures.ts';
import { loginSecret } from '../../src/core/objects/login-secret.ts';
import { redisConfigMap } from '../../src/core/objects/redis-config.ts';
import { SERVER } from '../../src/core/objects/scripts.ts';
import { SERVER_DEFAULTS } from '../../src/core/objects/server-defaults.ts';
import { eventually, freePort, type RedisProcess, redis, runScript, startRedis, stopAll } from './redis-process.ts';

const PASSWORD = 'pass "word" \\ # $HOME é';
/** What takes the place of the Secret's mount. */
const loginDirectory = mkdtempSync(join(tmpdir(), 'login-'));

afterEach(stopAll);

/** A process that starts from the file of the config map, but on a free port and in a directory of its own. */
const start = async (spec: RedisFailoverSpec): Promise<RedisProcess> => {
  const port = await freePort();
  const files = redisConfigMap(failover({ ...spec, redis: { ...spec.redis, port } })).data ?? {};
  const file = files[spec.auth ? 'redis-with-login.conf' : 'redis-without-login.conf'] ?? '';
  const lines = file.replaceAll('/redis-login', loginDirectory).split('\n');
  return startRedis({ port, config: lines.filter((line) => !/^(port|dir) /.test(line)) });
};

/** The arguments that start-redis.sh gives redis-server when /data is `data`. */
const argumentsIn = async (data: string): Promise<string> => {
  const script = redisConfigMap(failover()).data?.['start-redis.sh'] ?? '';
  const { output } = await runScript(script.replaceAll('/data', data).replace(`exec ${SERVER}`, 'echo'));
  return output.trim();
};

const dataWith = (files: Readonly<Record<string, string>>): string => {
  const data = mkdtempSync(join(tmpdir(), 'data-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(data, name)), { recursive: true });
    writeFileSync(join(data, name), text);
  }
  return data;
};

/** Every parameter that may be in the file: the line, and what CONFIG GET says then. */
const PARAMETERS: readonly (readonly [line: string, value: string])[] = [
  ['aof-load-truncated no', 'no'],
  ['appendfsync always', 'always'],
  ['appendonly yes', 'yes'],
  ['disable-thp no', 'no'],
  ['io-threads 2', '2'],
  ['maxmemory 100mb', '104857600'],
  ['maxmemory-policy allkeys-lfu', 'allkeys-lfu'],
  ['min-replicas-max-lag 9', '9'],
  ['min-replicas-to-write 1', '1'],
  ['repl-backlog-size 2mb', '2097152'],
  ['repl-diskless-sync-delay 3', '3'],
  ['replica-priority 7', '7'],
  ['save 60 1 30 2', '60 1 30 2'],
  ['set-proc-title no', 'no'],
  ['tcp-backlog 128', '128'],
];

describe('redis.conf', () => {
  test('every line that may be in the file is accepted by Redis and takes effect', async () => {
    const process = await start({ redis: { customConfig: PARAMETERS.map(([line]) => line) } });
    for (const [line, value] of PARAMETERS) {
      const name = line.slice(0, line.indexOf(' '));
      assert.equal(await process.call('CONFIG', 'GET', name), `${name}\n${value}`);
    }
  });

  test('every policy and unit that may be in the file is accepted by Redis', async () => {
    const policies = [
      'noeviction',
      'allkeys-lru',
      'allkeys-random',
      'volatile-lru',
      'volatile-lfu',
      'volatile-random',
      'volatile-ttl',
    ];
    const lines = policies.map((policy) => [`maxmemory-policy ${policy}`]);
    const amounts = ['0', '1', '1000000b', '1000k', '1000kb', '10m', '10MB', '1g', '999999999gb'].map((amount) => [
      `maxmemory ${amount}`,
    ]);
    for (const customConfig of [...lines, ...amounts]) {
      const process = await start({ redis: { customConfig } });
      assert.equal(await process.call('PING'), 'PONG');
      await process.stop();
    }
  });

  test('without customConfig it saves by spotahome’s points, and `save ""` switches them off', async () => {
    const saving = await start({});
    assert.equal(await saving.call('CONFIG', 'GET', 'save'), 'save\n900 1 300 10');
    const notSaving = await start({ redis: { customConfig: ['save ""'] } });
    assert.equal(await notSaving.call('CONFIG', 'GET', 'save'), 'save');
  });

  test('with Consistency a process requires a replica from its first moment as master', async () => {
    const process = await start({ redis: { dataSafety: 'Consistency' } });
    await process.call('REPLICAOF', 'NO', 'ONE');
    assert.match(await process.call('SET', 'key', 'value'), /^NOREPLICAS/);
  });

  test('it boots as a replica of itself, so of nothing real', async () => {
    const process = await start({});
    assert.match(await process.call('INFO', 'replication'), /role:slave\nmaster_host:127\.0\.0\.1/);
  });

  test('any password survives the file: Redis asks for exactly it', async () => {
    const secret = loginSecret(failover({ auth: { secretPath: 'login' } }), { password: PASSWORD });
    writeFileSync(join(loginDirectory, 'auth.conf'), atob(secret.data?.['auth.conf'] ?? ''));
    const process = await start({ auth: { secretPath: 'login' } });
    const login = ['--no-auth-warning', '-a', PASSWORD];
    assert.match(await process.call('GET', 'key'), /NOAUTH/);
    assert.equal(await process.call(...login, 'GET', 'key'), '');
    assert.equal(await process.call(...login, 'CONFIG', 'GET', 'masterauth'), `masterauth\n${PASSWORD}`);
  });
});

describe('start-redis.sh', () => {
  const CASES: Readonly<Record<string, readonly [files: Readonly<Record<string, string>>, started: string]>> = {
    'starts with the file': [{}, '/redis/redis.conf'],
    'starts from the snapshot while there is no append-only file': [
      { 'dump.rdb': 'x', 'appendonly.aof': '', 'appendonlydir/other': 'x' },
      '/redis/redis.conf --appendonly no',
    ],
    'starts from the append-only file of Redis 7': [
      { 'dump.rdb': 'x', 'appendonlydir/appendonly.aof.manifest': 'x' },
      '/redis/redis.conf',
    ],
    'starts from the append-only file of Redis 6': [{ 'dump.rdb': 'x', 'appendonly.aof': 'x' }, '/redis/redis.conf'],
  };

  for (const [sentence, [files, started]] of Object.entries(CASES)) {
    test(sentence, async () => assert.equal(await argumentsIn(dataWith(files)), started));
  }

  test('removes what a process left that was killed while it saved', async () => {
    const data = dataWith({ 'temp-12.rdb': 'x', 'dump.rdb': 'x' });
    await argumentsIn(data);
    assert.deepEqual([existsSync(join(data, 'temp-12.rdb')), existsSync(join(data, 'dump.rdb'))], [false, true]);
  });

  test('data survives appendonly being switched on before a start, and the next start has it from the append-only file', async () => {
    const first = await redis('save 900 1');
    await first.call('SET', 'key', 'value');
    await first.call('SAVE');
    first.signal('SIGKILL');
    assert.match(await argumentsIn(first.directory), /--appendonly no/);
    const second = await startRedis({ directory: first.directory, config: ['appendonly yes', 'appendonly no'] });
    await second.call('CONFIG', 'SET', 'appendonly', 'yes');
    await eventually('the append-only file is written', async () =>
      (await second.call('INFO', 'persistence')).includes('aof_rewrite_in_progress:0'),
    );
    await second.call('SHUTDOWN', 'NOSAVE');
    assert.doesNotMatch(await argumentsIn(first.directory), /--appendonly no/);
    const third = await startRedis({ directory: first.directory, config: ['appendonly yes'] });
    assert.equal(await third.call('GET', 'key'), 'value');
  });
});

test('what a removed line goes back to is what a server has that was told nothing', async () => {
  const blank = await startRedis({ config: ['save ""'] });
  for (const [parameter, value] of Object.entries(SERVER_DEFAULTS)) {
    assert.deepEqual(
      (await blank.call('CONFIG', 'GET', parameter)).trimEnd().split('\n').slice(1).join(),
      value,
      parameter,
    );
    assert.equal((await blank.call('CONFIG', 'SET', parameter, value)).trimEnd(), 'OK', parameter);
  }
});
