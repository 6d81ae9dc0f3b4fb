/** The probe and preStop scripts of the pods, run beside real Redis and Sentinel processes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { INTERNAL_USER, REDIS_CLIENT_NAME } from '../../src/api/names.ts';
import { sentinelDeployment } from '../../src/core/objects/deployment.ts';
import { failover } from '../../src/core/objects/fixtures.ts';
import { redisProbeConfigMap } from '../../src/core/objects/redis-probes.ts';
import { sentinelConfigMap } from '../../src/core/objects/sentinel-config.ts';
import { SENTINEL_RIGHTS, sentinelSecret } from '../../src/core/objects/sentinel-secret.ts';
import { shutdownConfigMap } from '../../src/core/objects/shutdown-script.ts';
import { credentialsOf } from '../../src/operator/internal-login.ts';
import {
  eventually,
  freePort,
  type RedisProcess,
  redis,
  replicaOf,
  runScript,
  startRedis,
  stopAll,
} from './redis-process.ts';

const PROBES = redisProbeConfigMap(failover()).data ?? {};
const SENTINEL = sentinelConfigMap(failover()).data ?? {};
const SHUTDOWN = shutdownConfigMap(failover()).data?.['shutdown.sh'] ?? 'exit 99';

/** What a test that failed half-way left running. */
const endings: (() => void)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) end();
  await stopAll();
});

const inSync = (replica: RedisProcess) =>
  eventually('the replica is in sync', async () =>
    (await replica.call('INFO', 'replication')).includes('master_link_status:up'),
  );

/** What the three probes of Redis say, as `start ready live`. */
const probe = async (port: number, env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const names = ['start', 'ready', 'live'];
  const outcomes = await Promise.all(
    names.map((name) => runScript(PROBES[`${name}.sh`] ?? 'exit 99', { REDIS_PORT: String(port), ...env })),
  );
  return names.map((name, index) => (outcomes[index]?.code === 0 ? name : '-')).join(' ');
};

const downFor = (seconds: string) =>
  `role:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:6379\r\nmaster_link_status:down\r\nmaster_sync_in_progress:0\r\nmaster_link_down_since_seconds:${seconds}\r\nslave_priority:100\r\n`;

describe('the probes of Redis', () => {
  test('nothing listens: dead', async () => assert.equal(await probe(await freePort()), '- - -'));

  test('just booted, a replica of nothing real: alive', async () => {
    const port = await freePort();
    await startRedis({ port, config: [`replicaof 127.0.0.1 ${port}`] });
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
    const outcome = await runScript(PROBES['live.sh'] ?? '', { REDIS_PORT: String(master.port) });
    assert.notEqual(outcome.code, 0);
    assert.ok(outcome.ms < 5_000, `${outcome.ms} ms`);
    const left = await runScript(`pgrep -f 'redis-cli .*-p ${master.port} '`);
    assert.equal(left.output, '');
  });

  for (const [seconds, expected] of [
    ['0', true],
    ['29', true],
    ['30', false],
    ['1712345678', false],
    ['-1', false],
  ] as const) {
    test(`a replica without its master for ${seconds} s is ${expected ? '' : 'not '}ready`, async () => {
      const directory = mkdtempSync(join(tmpdir(), 'fake-'));
      writeFileSync(join(directory, 'redis-cli'), `#!/bin/sh\nprintf '${downFor(seconds)}'\n`, { mode: 0o755 });
      const { code } = await runScript(PROBES['ready.sh'] ?? 'exit 99', {
        PATH: `${directory}:${process.env['PATH']}`,
      });
      rmSync(directory, { recursive: true });
      assert.equal(code === 0, expected);
    });
  }
});

/** Of a failover whose Sentinels ask clients for a password. */
const ASKING = failover({ auth: { sentinelSecretPath: 'sentinel-login' } });
const OWN = credentialsOf('0123456789abcdef');

/** What the kubelet mounts of the Secret, and scripts that find it there. */
const mounted = () => {
  const directory = mkdtempSync(join(tmpdir(), 'login-'));
  const { data = {} } = sentinelSecret(ASKING, { own: OWN, clientsSha256: credentialsOf('of clients').sha256 });
  for (const [key, value] of Object.entries(data)) writeFileSync(join(directory, key), Buffer.from(value, 'base64'));
  return { directory, here: (script = 'exit 99'): string => script.replaceAll('/sentinel-login', directory) };
};

const atPort = (script: string | undefined, port: number) => (script ?? 'exit 99').replaceAll('26379', String(port));
const sentinelReady = async (port: number) => (await runScript(atPort(SENTINEL['ready.sh'], port))).code === 0;
const sentinelLive = async (port: number) => (await runScript(atPort(SENTINEL['live.sh'], port))).code === 0;

describe('the probes of Sentinel', () => {
  test('it starts from its file, watches nothing, and is ready once it was told a real master', async () => {
    const config = (SENTINEL['sentinel.conf'] ?? '').split('\n').filter((line) => !/^(port|dir) /.test(line));
    const sentinel = await startRedis({ sentinel: true, config });
    assert.equal(await sentinelReady(sentinel.port), false);
    assert.equal(await sentinelLive(sentinel.port), true);
    await sentinel.call('SENTINEL', 'MONITOR', 'mymaster', '127.0.0.1', '6379', '1');
    assert.equal(await sentinelReady(sentinel.port), false);
    await sentinel.call('SENTINEL', 'REMOVE', 'mymaster');
    await sentinel.call('SENTINEL', 'MONITOR', 'mymaster', '127.0.0.2', '6379', '1');
    assert.equal(await sentinelReady(sentinel.port), true);
  });

  test('nothing listens: dead', async () => {
    const port = await freePort();
    assert.equal(await sentinelReady(port), false);
    assert.equal(await sentinelLive(port), false);
  });
});

describe('a Sentinel that asks for a password', () => {
  const scripts = sentinelConfigMap(ASKING).data ?? {};

  test('its file is complete or not there, and what Sentinel wrote into it stays', async () => {
    const { directory, here } = mounted();
    const [from, to] = [mkdtempSync(join(tmpdir(), 'from-')), mkdtempSync(join(tmpdir(), 'to-'))];
    const [init] = sentinelDeployment(ASKING).spec?.template?.spec?.initContainers ?? [];
    const copy = here(init?.command?.[2]).replaceAll('/redis-writable', to).replaceAll('/redis/', `${from}/`);
    const file = join(to, 'sentinel.conf');
    writeFileSync(join(from, 'sentinel.conf'), 'port 1\n');
    rmSync(join(directory, 'login.conf'));
    assert.notEqual((await runScript(copy)).code, 0);
    assert.equal(existsSync(file), false);
    writeFileSync(join(directory, 'login.conf'), 'user default on\n');
    assert.equal((await runScript(copy)).code, 0);
    assert.equal(readFileSync(file, 'utf8'), 'port 1\nuser default on\n');
    writeFileSync(file, 'written by Sentinel');
    assert.equal((await runScript(copy)).code, 0);
    assert.equal(readFileSync(file, 'utf8'), 'written by Sentinel');
  });

  test('its probes log in, and so they do to one from before, which has no such file', async () => {
    const { directory, here } = mounted();
    const lines = readFileSync(join(directory, 'login.conf'), 'utf8');
    const asking = await startRedis({ sentinel: true, config: ['protected-mode no', lines] });
    const bare = await startRedis({ sentinel: true, config: ['protected-mode no'] });
    const said = async (name: string, port: number, place = here): Promise<string> =>
      (await runScript(atPort(place(scripts[name]), port))).output.trim();
    assert.equal(await said('ready.sh', asking.port), 'It waits to be told the master.');
    assert.equal(await said('live.sh', asking.port), '');
    const monitor = ['SENTINEL', 'MONITOR', 'mymaster', '127.0.0.2', '6379', '1'];
    await asking.call('--no-auth-warning', '--user', INTERNAL_USER, '-a', OWN.password, ...monitor);
    await bare.call(...monitor);
    for (const name of ['start.sh', 'ready.sh']) {
      assert.equal(await said(name, asking.port), '');
      assert.equal(await said(name, bare.port, (script = '') => script), '');
    }
  });

  test('it hands the master over when a pod stops that knows the login of Sentinel and of Redis', async () => {
    const { here } = mounted();
    const { master, replica } = await pair('requirepass secret', 'masterauth secret');
    const sentinel = await watch(master, 'secret');
    await sentinel.call('ACL', 'SETUSER', INTERNAL_USER, 'on', `#${OWN.sha256}`, ...SENTINEL_RIGHTS);
    await sentinel.call('ACL', 'SETUSER', 'default', 'resetpass', `#${credentialsOf('of clients').sha256}`);
    assert.match(await sentinel.call('PING'), /NOAUTH/);
    const script = here(shutdownConfigMap(ASKING).data?.['shutdown.sh']);
    const outcome = await shutdown(master.port, sentinel.port, { REDIS_PASSWORD: 'secret' }, script);
    assert.equal(outcome.code, 0);
    assert.ok((await replica.call('--no-auth-warning', '-a', 'secret', 'ROLE')).startsWith('master'));
  });
});

const shutdown = (
  port: number,
  sentinelPort = 1,
  env: Readonly<Record<string, string>> = {},
  script: string = SHUTDOWN,
) =>
  runScript(script.replaceAll('-h rfs-test -p 26379', `-h 127.0.0.1 -p ${sentinelPort}`), {
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
  const sentinel = await startRedis({ sentinel: true, config: ['protected-mode no'] });
  await sentinel.call('SENTINEL', 'MONITOR', 'mymaster', '127.0.0.2', String(master.port), '1');
  if (password !== undefined) await sentinel.call('SENTINEL', 'SET', 'mymaster', 'auth-pass', password);
  await eventually(
    'Sentinel knows the replica',
    async () => (await sentinel.call('SENTINEL', 'REPLICAS', 'mymaster')).includes('slave-priority'),
    20_000,
  );
  return sentinel;
};

describe('shutdown.sh', () => {
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

  test('without a Sentinel a master waits 3 s for the operator and stops', async () => {
    const { master } = await pair();
    const outcome = await shutdown(master.port, await freePort());
    assert.equal(outcome.code, 0);
    assert.ok(outcome.ms >= 3_000 && outcome.ms < 6_000, `${outcome.ms} ms`);
  });

  test('without the operator Sentinel hands the master over, and nothing that was acknowledged is lost', async () => {
    const { master, replica } = await pair();
    const sentinel = await watch(master);
    const writing = writeTo(master);
    const outcome = await shutdown(master.port, sentinel.port);
    assert.match(await master.call('ROLE'), /^slave/);
    const written = await writing.stop();
    assert.equal(outcome.code, 0);
    assert.ok(outcome.ms >= 3_000 && outcome.ms < 12_000, `${outcome.ms} ms`);
    assert.match(await replica.call('ROLE'), /^master/);
    assert.ok(written.length > 0, 'nothing was written');
    assert.equal(await replica.call('EXISTS', ...written), String(written.length));
  });

  test('it does so with a password, which Sentinel does not see', async () => {
    const { master, replica } = await pair('requirepass secret', 'masterauth secret');
    const sentinel = await watch(master, 'secret');
    const outcome = await shutdown(master.port, sentinel.port, { REDIS_PASSWORD: 'secret' });
    assert.equal(outcome.code, 0);
    assert.ok(outcome.ms < 12_000, `${outcome.ms} ms`);
    for (const [one, role] of [
      [master, 'slave'],
      [replica, 'master'],
    ] as const) {
      assert.ok((await one.call('--no-auth-warning', '-a', 'secret', 'ROLE')).startsWith(role));
    }
    assert.match(await sentinel.call('INFO', 'stats'), /total_error_replies:0/);
  });

  test('while the operator works on the master, nobody else asks Sentinel', async () => {
    const { master, replica } = await pair();
    const sentinel = await watch(master);
    await talkAs(REDIS_CLIENT_NAME, master);
    const outcome = await shutdown(master.port, sentinel.port);
    assert.equal(outcome.code, 0);
    assert.ok(outcome.ms >= 8_000 && outcome.ms < 11_000, `${outcome.ms} ms`);
    assert.match(await replica.call('ROLE'), /^slave/);
  });

  test('an operator that fell silent is not waited for', async () => {
    const { master, replica } = await pair();
    const sentinel = await watch(master);
    await talkAs(REDIS_CLIENT_NAME, master, 'once');
    const outcome = await shutdown(master.port, sentinel.port);
    assert.ok(outcome.ms < 12_000, `${outcome.ms} ms`);
    assert.match(await replica.call('ROLE'), /^master/);
  });

  test('a replica that has not confirmed everything holds the failover up, but not the end of the pod', async () => {
    const { master, replica } = await pair();
    const sentinel = await watch(master);
    replica.signal('SIGSTOP');
    await master.call('SET', 'unconfirmed', 'value');
    const outcome = await shutdown(master.port, sentinel.port);
    replica.signal('SIGCONT');
    assert.equal(outcome.code, 0);
    assert.ok(outcome.ms >= 8_000 && outcome.ms < 11_000, `${outcome.ms} ms`);
    assert.match(await replica.call('ROLE'), /^slave/);
  });

  test('a Sentinel that takes another process for the master is not asked, and writes go on', async () => {
    const { master, replica } = await pair();
    const other = await pair();
    const sentinel = await watch(other.master);
    const ending = shutdown(master.port, sentinel.port);
    const writing = writeTo(master);
    const outcome = await ending;
    const { longestMs } = await writing.stop().then(() => writing);
    assert.ok(outcome.ms >= 8_000 && outcome.ms < 11_000, `${outcome.ms} ms`);
    assert.ok(longestMs() < 2_000, `a write took ${longestMs()} ms`);
    assert.match(await replica.call('ROLE'), /^slave/);
    assert.match(await other.master.call('ROLE'), /^master/);
  });
});

/** Writes one key after the other until it is stopped, which resolves to the keys that were acknowledged. */
const writeTo = (master: RedisProcess) => {
  const keys: string[] = [];
  const state = { over: false, longestMs: 0 };
  const write = async (): Promise<void> => {
    for (let count = 0; !state.over; count++) {
      const begun = Date.now();
      if ((await master.call('SET', `written:${count}`, 'value')) === 'OK') keys.push(`written:${count}`);
      state.longestMs = Math.max(state.longestMs, Date.now() - begun);
    }
  };
  endings.push(() => (state.over = true));
  const writing = write();
  return {
    longestMs: () => state.longestMs,
    stop: async (): Promise<readonly string[]> => {
      state.over = true;
      await writing;
      return keys;
    },
  };
};

/** A connection that bears a name and says something ten times a second, or only once. */
const talkAs = async (name: string, { port }: RedisProcess, how: 'always' | 'once' = 'always'): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.resume().write(`CLIENT SETNAME ${name}\r\n`);
  const talking = setInterval(() => socket.write('PING\r\n'), 100);
  if (how === 'once') clearInterval(talking);
  socket.once('close', () => clearInterval(talking));
  endings.push(() => socket.destroy());
  return socket;
};
