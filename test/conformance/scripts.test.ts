/** The scripts and config files of the pods, run against real Redis and Sentinel processes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { failover } from '../../src/core/objects/fixtures.ts';
import { loginSecret } from '../../src/core/objects/login-secret.ts';
import { redisConfigMap } from '../../src/core/objects/redis-config.ts';
import { redisProbeConfigMap } from '../../src/core/objects/redis-probes.ts';
import { sentinelConfigMap } from '../../src/core/objects/sentinel-config.ts';
import { shutdownConfigMap } from '../../src/core/objects/shutdown-script.ts';
import { eventually, freePort, type RedisProcess, startRedis } from './redis-process.ts';

const PROBES = redisProbeConfigMap(failover()).data ?? {};
const SENTINEL = sentinelConfigMap(failover()).data ?? {};
const SHUTDOWN = shutdownConfigMap(failover()).data?.['shutdown.sh'] ?? '';
const PASSWORD = 'pass "word" \\ # $HOME é';

type Outcome = { readonly code: number; readonly output: string; readonly ms: number };

const directory = mkdtempSync(join(tmpdir(), 'scripts-'));
const started: RedisProcess[] = [];

/** Runs a script with /bin/sh, as the kubelet does. */
const run = (script: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> => {
  const file = join(directory, `script-${Math.random()}.sh`);
  writeFileSync(file, script);
  const begun = Date.now();
  return new Promise((resolve) => {
    execFile('/bin/sh', [file], { env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : Number(error.code ?? 255),
        output: stdout + stderr,
        ms: Date.now() - begun,
      }),
    );
  });
};

const redis = async (...config: readonly string[]): Promise<RedisProcess> =>
  remember(await startRedis({ config: ['repl-diskless-sync-delay 0', ...config] }));
const replicaOf = (master: { readonly port: number }, ...config: readonly string[]) =>
  redis(`replicaof 127.0.0.2 ${master.port}`, ...config);
const remember = (one: RedisProcess): RedisProcess => {
  started.push(one);
  return one;
};
const inSync = (replica: RedisProcess) =>
  eventually('the replica is in sync', async () =>
    (await replica.call('INFO', 'replication')).includes('master_link_status:up'),
  );

/** What the three probes of Redis say, as `start ready live`. */
const probe = async (port: number, env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const names = ['start', 'ready', 'live'];
  const outcomes = await Promise.all(
    names.map((name) => run(PROBES[`${name}.sh`] ?? 'exit 99', { REDIS_PORT: String(port), ...env })),
  );
  return names.map((name, index) => (outcomes[index]?.code === 0 ? name : '-')).join(' ');
};

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

describe('the probes of Redis', () => {
  test('nothing listens: dead', async () => assert.equal(await probe(await freePort()), '- - -'));

  test('just booted, a replica of nothing real: alive', async () => {
    const port = await freePort();
    remember(await startRedis({ port, config: [`replicaof 127.0.0.1 ${port}`] }));
    assert.equal(await probe(port), '- - live');
  });

  test('loading its files: alive', async () => {
    const first = await redis('save ""', 'enable-debug-command yes');
    await first.call('DEBUG', 'POPULATE', '2000');
    await first.call('SAVE');
    const slow = await startRedis({
      directory: first.directory,
      config: [
        `replicaof 127.0.0.1 ${first.port}`,
        'key-load-delay 10000',
        'loading-process-events-interval-bytes 1024',
      ],
    });
    remember(slow);
    assert.match(await slow.call('PING'), /LOADING/);
    assert.equal(await probe(slow.port), '- - live');
  });

  test('a master: started and ready', async () => assert.equal(await probe((await redis()).port), 'start ready live'));

  test('a replica in sync: started and ready', async () => {
    const replica = await replicaOf(await redis());
    await inSync(replica);
    assert.equal(await probe(replica.port), 'start ready live');
  });

  test('a replica that receives the data: alive', async () => {
    const master = await redis('rdb-key-save-delay 20000', 'enable-debug-command yes');
    await master.call('DEBUG', 'POPULATE', '500');
    const replica = await replicaOf(master);
    await eventually('the synchronization runs', async () =>
      (await replica.call('INFO', 'replication')).includes('master_sync_in_progress:1'),
    );
    assert.equal(await probe(replica.port), '- - live');
  });

  test('a replica that loads what the master sent: alive', async () => {
    const master = await redis('enable-debug-command yes');
    await master.call('DEBUG', 'POPULATE', '2000');
    const replica = await replicaOf(master, 'key-load-delay 10000', 'loading-process-events-interval-bytes 1024');
    await eventually('the replica loads', async () => (await replica.call('PING')).includes('LOADING'));
    assert.equal(await probe(replica.port), '- - live');
  });

  test('a replica whose master was just lost: still ready', async () => {
    const master = await redis();
    const replica = await replicaOf(master, 'replica-serve-stale-data no');
    await inSync(replica);
    await master.stop();
    await eventually('the link is down', async () =>
      (await replica.call('INFO', 'replication')).includes('master_link_status:down'),
    );
    assert.match(await replica.call('GET', 'key'), /MASTERDOWN/);
    assert.equal(await probe(replica.port), '- ready live');
  });

  test('a replica that never reached its master: alive', async () => {
    assert.equal(await probe((await replicaOf({ port: await freePort() })).port), '- - live');
  });

  test('a password: with it ready, without it or with another one still alive', async () => {
    const master = await redis('requirepass secret');
    assert.equal(await probe(master.port, { REDIS_PASSWORD: 'secret' }), 'start ready live');
    assert.equal(await probe(master.port, { REDIS_PASSWORD: 'other' }), '- - live');
    assert.equal(await probe(master.port), '- - live');
  });

  test('no password, but the pod has one: ready, so that authentication can be switched on', async () => {
    assert.equal(await probe((await redis()).port, { REDIS_PASSWORD: 'secret' }), 'start ready live');
  });

  test('busy with a script: alive', async () => {
    const master = await redis('lua-time-limit 10');
    const busy = master.call('EVAL', 'while true do end', '0');
    await eventually('BUSY', async () => (await master.call('PING')).includes('BUSY'));
    assert.match(await probe(master.port), /live$/);
    await master.call('SCRIPT', 'KILL');
    await busy;
  });

  test('no connection free: alive', async () => {
    const master = await redis('maxclients 1');
    const holder = master.call('BLPOP', 'nothing', '3');
    await eventually('the limit is reached', async () => (await master.call('PING')).includes('max number of clients'));
    assert.match(await probe(master.port), /live$/);
    assert.match(await probe(master.port, { REDIS_PASSWORD: 'secret' }), /live$/);
    await holder;
  });

  test('hung: dead before the kubelet gives up, and no process is left behind', async () => {
    const master = await redis();
    master.signal('SIGSTOP');
    const outcome = await run(PROBES['live.sh'] ?? '', { REDIS_PORT: String(master.port) });
    assert.notEqual(outcome.code, 0);
    assert.ok(outcome.ms < 5_000, `${outcome.ms} ms`);
    const left = await run(`pgrep -f 'redis-cli .*-p ${master.port} '`);
    assert.equal(left.output, '');
  });

  const downFor = (seconds: string) =>
    `role:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:6379\r\nmaster_link_status:down\r\nmaster_sync_in_progress:0\r\nmaster_link_down_since_seconds:${seconds}\r\nslave_priority:100\r\n`;
  for (const [seconds, expected] of [
    ['0', true],
    ['29', true],
    ['30', false],
    ['1712345678', false],
    ['-1', false],
  ] as const) {
    test(`a replica without its master for ${seconds} s is ${expected ? '' : 'not '}ready`, async () => {
      const fake = join(directory, 'redis-cli');
      writeFileSync(fake, `#!/bin/sh\nprintf '${downFor(seconds)}'\n`, { mode: 0o755 });
      const { code } = await run(PROBES['ready.sh'] ?? 'exit 99', { PATH: `${directory}:${process.env['PATH']}` });
      rmSync(fake);
      assert.equal(code === 0, expected);
    });
  }
});

describe('the probes of Sentinel', () => {
  const atPort = (script: string | undefined, port: number) => (script ?? 'exit 99').replaceAll('26379', String(port));
  const ready = async (port: number) => (await run(atPort(SENTINEL['ready.sh'], port))).code === 0;
  const live = async (port: number) => (await run(atPort(SENTINEL['live.sh'], port))).code === 0;

  test('it starts from its file, watches nothing, and is ready once it was told a real master', async () => {
    const config = (SENTINEL['sentinel.conf'] ?? '').split('\n').filter((line) => !/^(port|dir) /.test(line));
    const sentinel = remember(await startRedis({ sentinel: true, config }));
    assert.equal(await ready(sentinel.port), false);
    assert.equal(await live(sentinel.port), true);
    await sentinel.call('SENTINEL', 'MONITOR', 'mymaster', '127.0.0.1', '6379', '1');
    assert.equal(await ready(sentinel.port), false);
    await sentinel.call('SENTINEL', 'REMOVE', 'mymaster');
    await sentinel.call('SENTINEL', 'MONITOR', 'mymaster', '127.0.0.2', '6379', '1');
    assert.equal(await ready(sentinel.port), true);
  });

  test('nothing listens: dead', async () => {
    const port = await freePort();
    assert.equal(await ready(port), false);
    assert.equal(await live(port), false);
  });
});

describe('redis.conf', () => {
  const start = async (
    spec: Parameters<typeof failover>[0],
    directoryOfData = mkdtempSync(join(tmpdir(), 'data-')),
  ) => {
    const port = await freePort();
    const files = redisConfigMap(failover({ ...spec, redis: { ...spec?.redis, port } })).data ?? {};
    const config = (files[spec?.auth ? 'redis-with-login.conf' : 'redis.conf'] ?? '').replaceAll(
      '/redis-login',
      directory,
    );
    const lines = config.split('\n').filter((line) => !/^(port|dir) /.test(line));
    return remember(await startRedis({ port, directory: directoryOfData, config: lines }));
  };

  test('every line that may be in the file is accepted by Redis and takes effect', async () => {
    const customConfig = [
      ...['aof-load-truncated no', 'appendfsync always', 'appendonly yes', 'io-threads 2', 'maxmemory 100mb'],
      ...['maxmemory-policy allkeys-lfu', 'min-replicas-max-lag 9', 'min-replicas-to-write 1', 'repl-backlog-size 2mb'],
      ...['replica-priority 7', 'save 60 1 30 2'],
    ];
    const process = await start({ redis: { customConfig } });
    for (const [name, value] of [
      ...[['aof-load-truncated', 'no'] as const, ['appendfsync', 'always'] as const, ['appendonly', 'yes'] as const],
      ...[
        ['io-threads', '2'] as const,
        ['maxmemory', '104857600'] as const,
        ['maxmemory-policy', 'allkeys-lfu'] as const,
      ],
      ...[['min-replicas-max-lag', '9'] as const, ['min-replicas-to-write', '1'] as const],
      ...[
        ['repl-backlog-size', '2097152'] as const,
        ['replica-priority', '7'] as const,
        ['save', '60 1 30 2'] as const,
      ],
    ]) {
      assert.equal(await process.call('CONFIG', 'GET', name), `${name}\n${value}`);
    }
  });

  test('without customConfig it saves by spotahome’s points, and `save ""` switches them off', async () => {
    assert.equal(await (await start({})).call('CONFIG', 'GET', 'save'), 'save\n900 1 300 10');
    assert.equal(await (await start({ redis: { customConfig: ['save ""'] } })).call('CONFIG', 'GET', 'save'), 'save');
  });

  test('it boots as a replica of itself, so of nothing real', async () => {
    const process = await start({});
    assert.match(await process.call('INFO', 'replication'), /role:slave\nmaster_host:127\.0\.0\.1/);
  });

  test('any password survives the file: Redis asks for exactly it', async () => {
    const secret = loginSecret(failover({ auth: { secretPath: 'login' } }), { password: PASSWORD });
    writeFileSync(join(directory, 'auth.conf'), atob(secret.data?.['auth.conf'] ?? ''));
    const process = await start({ auth: { secretPath: 'login' } });
    assert.match(await process.call('GET', 'key'), /NOAUTH/);
    assert.equal(await process.call('--no-auth-warning', '-a', PASSWORD, 'GET', 'key'), '');
    assert.equal(
      await process.call('--no-auth-warning', '-a', PASSWORD, 'CONFIG', 'GET', 'masterauth'),
      `masterauth\n${PASSWORD}`,
    );
  });

  describe('start-redis.sh', () => {
    /** The arguments that Redis would be started with. */
    const argumentsWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
      const data = mkdtempSync(join(tmpdir(), 'data-'));
      const script = (redisConfigMap(failover()).data?.['start-redis.sh'] ?? '').replaceAll('/data', data);
      const setUp = Object.entries(files).map(
        ([name, text]) => `mkdir -p $(dirname ${data}/${name}); printf '${text}' >${data}/${name}`,
      );
      const outcome = await run([...setUp, script.replace('exec redis-server', 'echo')].join('\n'));
      assert.equal(existsSync(join(data, 'temp-12.rdb')), false);
      return outcome.output.trim();
    };

    test('starts with the file', async () => assert.equal(await argumentsWith({}), '/redis/redis.conf'));
    test('removes what a killed process left', async () =>
      assert.equal(await argumentsWith({ 'temp-12.rdb': 'x' }), '/redis/redis.conf'));
    test('starts from the snapshot while there is no append-only file', async () =>
      assert.equal(
        await argumentsWith({ 'dump.rdb': 'x', 'appendonly.aof': '' }),
        '/redis/redis.conf --appendonly no',
      ));
    test('starts from the append-only file of Redis 7', async () =>
      assert.equal(
        await argumentsWith({ 'dump.rdb': 'x', 'appendonlydir/appendonly.aof.manifest': 'x' }),
        '/redis/redis.conf',
      ));
    test('starts from the append-only file of Redis 6', async () =>
      assert.equal(await argumentsWith({ 'dump.rdb': 'x', 'appendonly.aof': 'x' }), '/redis/redis.conf'));
  });

  test('data survives when appendonly is switched on for the next start', async () => {
    const first = await redis('save 900 1');
    await first.call('SET', 'key', 'value');
    await first.call('SAVE');
    first.signal('SIGKILL');
    const script = (redisConfigMap(failover()).data?.['start-redis.sh'] ?? '').replaceAll('/data', first.directory);
    const { output } = await run(script.replace('exec redis-server', 'echo'));
    assert.match(output, /--appendonly no/);
    const second = remember(
      await startRedis({ directory: first.directory, config: ['appendonly yes', 'appendonly no'] }),
    );
    assert.equal(await second.call('GET', 'key'), 'value');
    await second.call('CONFIG', 'SET', 'appendonly', 'yes');
    await eventually('the append-only file is written', async () =>
      existsSync(join(first.directory, 'appendonlydir/appendonly.aof.manifest')),
    );
    assert.match(readFileSync(join(first.directory, 'appendonlydir/appendonly.aof.manifest'), 'utf8'), /appendonly/);
    await second.call('SHUTDOWN', 'NOSAVE');
    const third = remember(await startRedis({ directory: first.directory, config: ['appendonly yes'] }));
    assert.equal(await third.call('GET', 'key'), 'value');
  });
});

describe('shutdown.sh', () => {
  const shutdown = (port: number, sentinelPort = 1, env: Readonly<Record<string, string>> = {}) =>
    run(SHUTDOWN.replaceAll('-h rfs-test -p 26379', `-h 127.0.0.1 -p ${sentinelPort}`), {
      REDIS_PORT: String(port),
      ...env,
    });

  const pair = async (...config: readonly string[]) => {
    const master = await redis(...config);
    const replica = await replicaOf(master, ...config);
    await eventually('the replica is online', async () =>
      (await master.call('--no-auth-warning', '-a', 'secret', 'INFO', 'replication')).includes('state=online'),
    );
    return { master, replica };
  };

  const watch = async (master: RedisProcess, password?: string): Promise<RedisProcess> => {
    const sentinel = remember(await startRedis({ sentinel: true, config: ['protected-mode no'] }));
    await sentinel.call('SENTINEL', 'MONITOR', 'mymaster', '127.0.0.2', String(master.port), '1');
    if (password !== undefined) await sentinel.call('SENTINEL', 'SET', 'mymaster', 'auth-pass', password);
    await eventually(
      'Sentinel knows the replica',
      async () => (await sentinel.call('SENTINEL', 'REPLICAS', 'mymaster')).includes('slave-priority'),
      20_000,
    );
    return sentinel;
  };

  test('a replica, and a master without replicas, stop at once', async () => {
    const master = await redis();
    const alone = await shutdown(master.port);
    const replica = await replicaOf(master);
    await inSync(replica);
    const follower = await shutdown(replica.port);
    assert.deepEqual([alone.code, follower.code], [0, 0]);
    assert.ok(alone.ms < 1_000 && follower.ms < 1_000, `${alone.ms} ms, ${follower.ms} ms`);
  });

  test('a process that is gone or hung does not hold anything up', async () => {
    const gone = await shutdown(await freePort());
    const master = await redis();
    master.signal('SIGSTOP');
    const hung = await shutdown(master.port);
    assert.deepEqual([gone.code, hung.code], [0, 0]);
    assert.ok(gone.ms < 1_000 && hung.ms < 2_500, `${gone.ms} ms, ${hung.ms} ms`);
  });

  test('a master stops as soon as it was handed over', async () => {
    const { master, replica } = await pair();
    const ending = shutdown(master.port);
    await replica.call('REPLICAOF', 'NO', 'ONE');
    await master.call('REPLICAOF', '127.0.0.2', String(replica.port));
    const outcome = await ending;
    assert.equal(outcome.code, 0);
    assert.ok(outcome.ms < 1_500, `${outcome.ms} ms`);
  });

  test('without a Sentinel a master waits 2 s for the operator and stops', async () => {
    const { master } = await pair();
    const outcome = await shutdown(master.port, await freePort());
    assert.equal(outcome.code, 0);
    assert.ok(outcome.ms >= 2_000 && outcome.ms < 4_500, `${outcome.ms} ms`);
  });

  test('without the operator Sentinel hands the master over; it sees no password', async () => {
    const { master, replica } = await pair('requirepass secret', 'masterauth secret');
    const sentinel = await watch(master, 'secret');
    const outcome = await shutdown(master.port, sentinel.port, { REDIS_PASSWORD: 'secret' });
    assert.equal(outcome.code, 0);
    assert.ok(outcome.ms < 8_500, `${outcome.ms} ms`);
    assert.match(await replica.call('--no-auth-warning', '-a', 'secret', 'ROLE'), /^master/);
    assert.match(await sentinel.call('INFO', 'stats'), /total_error_replies:0/);
  });

  test('a Sentinel that takes another process for the master is not asked', async () => {
    const { master, replica } = await pair();
    const other = await pair();
    const sentinel = await watch(other.master);
    const outcome = await shutdown(master.port, sentinel.port);
    assert.ok(outcome.ms >= 7_000 && outcome.ms < 12_000, `${outcome.ms} ms`);
    assert.match(await replica.call('ROLE'), /^slave/);
    assert.match(await other.master.call('ROLE'), /^master/);
  });
});

after(() => run(`rm -r ${directory}`));
