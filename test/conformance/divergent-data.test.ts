/** How a real Redis saves what its master never had: to another file, and nothing else changes. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { divergenceOf, divergentFile } from '../../src/core/divergence.ts';
import { nowhere, nowhereMovesInMs } from '../../src/core/nowhere.ts';
import { failover } from '../../src/core/objects/fixtures.ts';
import { redisConfigMap } from '../../src/core/objects/redis-config.ts';
import { readRedisFacts, replicaOf } from '../../src/redis/commands.ts';
import { createRedisDialer } from '../../src/redis/dialer.ts';
import type { RedisFacts } from '../../src/redis/facts.ts';
import { backgroundSaveAs } from '../../src/redis/save-as.ts';
import { systemClock } from '../../src/system.ts';
import { eventually, freePort, type RedisProcess, redis, runScript, startRedis, stopAll } from './redis-process.ts';

const LIMIT_MS = 2_000;
const PERMITTED = 'enable-protected-configs yes';
const dialer = createRedisDialer({ clock: systemClock, clientName: 'test' });
const endings: (() => void)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) end();
  await stopAll();
});

const dial = async (port: number) => {
  const connection = await dialer.dial({ host: '127.0.0.1', port }, { timeoutMs: LIMIT_MS });
  endings.push(() => connection.close());
  return connection;
};

/** What it says when no child saves any more. */
const saved = async (process: RedisProcess): Promise<RedisFacts> => {
  const connection = await dial(process.port);
  await eventually('the save ends', async () =>
    readRedisFacts(connection, LIMIT_MS).then(({ backgroundSave }) => backgroundSave !== 'running'),
  );
  return readRedisFacts(connection, LIMIT_MS);
};

/** A master that was promoted, and the old one, with a write of its own, that was told to follow nobody. */
const afterPartition = async (...config: readonly string[]) => {
  const [old, promoted] = await Promise.all([redis('save ""', ...config), redis('save ""')]);
  await promoted.call('REPLICAOF', '127.0.0.1', String(old.port));
  await old.call('SET', 'both', '1');
  await eventually('the replica has everything', async () => (await promoted.call('GET', 'both')) === '1');
  await promoted.call('REPLICAOF', 'NO', 'ONE');
  await old.call('SET', 'only', 'here');
  const before = await saved(old);
  const connection = await dial(old.port);
  await replicaOf(connection, nowhere(0), LIMIT_MS);
  return { old, promoted, before, connection };
};

describe('a Redis that follows nobody', () => {
  test('accepts no write, keeps its data and its history, and goes on doing so', async () => {
    const { old, promoted, before } = await afterPartition();
    assert.match(await old.call('SET', 'another', '1'), /^READONLY/);
    await eventually('it has tried to connect', async () =>
      (await old.call('INFO', 'replication')).includes('master_link_status:down'),
    );
    const now = await saved(old);
    assert.deepEqual([now.masterHost, now.masterPort], [nowhere(0).host, nowhere(0).port]);
    assert.deepEqual([now.replicationId, now.offset], [before.replicationId, before.offset]);
    const divergence = divergenceOf({ name: 'old', answer: now }, { answer: await saved(promoted) });
    assert.ok((divergence?.bytes ?? 0) > 'SET only here'.length);
    assert.equal(await old.call('GET', 'only'), 'here');
  });
});

describe('an old master that restarted from its snapshot', () => {
  test('still knows what only it has', async () => {
    const { old, promoted, before } = await afterPartition();
    await old.call('SAVE');
    old.signal('SIGKILL');
    const port = await freePort();
    const again = await startRedis({ port, directory: old.directory, config: [`replicaof 127.0.0.1 ${port}`] });
    const answer = await saved(again);
    assert.deepEqual([answer.replicationId, answer.offset], [before.replicationId, before.offset]);
    const divergence = divergenceOf({ name: 'old', answer }, { answer: await saved(promoted) });
    assert.ok((divergence?.bytes ?? 0) > 'SET only here'.length);
  });
});

describe('a save to another file', () => {
  test('has all data, also what is overwritten afterwards, and leaves the name of the snapshot as it was', async () => {
    const { old, promoted, before, connection } = await afterPartition(PERMITTED, 'dbfilename mine.rdb');
    const file = divergentFile(before.replicationId);
    await backgroundSaveAs(connection, file, LIMIT_MS);
    assert.equal(await old.call('CONFIG', 'GET', 'dbfilename'), 'dbfilename\nmine.rdb');
    assert.equal((await saved(old)).backgroundSave, 'ok');
    await replicaOf(connection, { host: '127.0.0.1', port: promoted.port }, LIMIT_MS);
    await eventually('it is overwritten', async () => (await old.call('EXISTS', 'only')) === '0');
    const files = readdirSync(old.directory).filter((name) => name.endsWith('.rdb') && name !== 'mine.rdb');
    assert.deepEqual(files, [file]);
    const loaded = await startRedis({ directory: old.directory, config: [`dbfilename ${file}`, 'save ""'] });
    assert.equal(await loaded.call('GET', 'only'), 'here');
  });

  test('can be repeated, also where somebody left the name of that file behind', async () => {
    const { old, connection } = await afterPartition(PERMITTED);
    await backgroundSaveAs(connection, 'divergent-a.rdb', LIMIT_MS);
    await saved(old);
    await old.call('CONFIG', 'SET', 'dbfilename', 'divergent-a.rdb');
    await backgroundSaveAs(connection, 'divergent-a.rdb', LIMIT_MS);
    assert.equal((await saved(old)).backgroundSave, 'ok');
    assert.equal(await old.call('CONFIG', 'GET', 'dbfilename'), 'dbfilename\ndump.rdb');
  });

  test('goes on while Redis is told to follow nobody at another address', async () => {
    const { old, connection } = await afterPartition(PERMITTED, 'rdb-key-save-delay 200000');
    await backgroundSaveAs(connection, 'divergent-a.rdb', LIMIT_MS);
    await replicaOf(connection, nowhere(nowhereMovesInMs(0)), LIMIT_MS);
    assert.equal((await readRedisFacts(connection, LIMIT_MS)).backgroundSave, 'running');
    assert.equal((await saved(old)).backgroundSave, 'ok');
    assert.ok(existsSync(join(old.directory, 'divergent-a.rdb')));
  });

  test('is refused where Redis may not be told names of files, and nothing is written', async () => {
    const { old, connection } = await afterPartition();
    await assert.rejects(backgroundSaveAs(connection, 'divergent-a.rdb', LIMIT_MS), /protected/);
    await saved(old);
    assert.deepEqual(
      readdirSync(old.directory).filter((name) => name.endsWith('.rdb')),
      [],
    );
  });

  test('is refused while another one runs, which is not mistaken for it', async () => {
    const { old, connection } = await afterPartition(PERMITTED, 'rdb-key-save-delay 100000');
    await connection.call(['BGSAVE'], LIMIT_MS);
    await assert.rejects(backgroundSaveAs(connection, 'divergent-a.rdb', LIMIT_MS), /in progress/);
    assert.equal(await old.call('CONFIG', 'GET', 'dbfilename'), 'dbfilename\ndump.rdb');
    await saved(old);
    assert.equal(existsSync(join(old.directory, 'divergent-a.rdb')), false);
  });

  test('that fails is seen, and succeeds when the cause is mended', async () => {
    const { old, connection } = await afterPartition(PERMITTED);
    mkdirSync(join(old.directory, 'divergent-a.rdb'));
    await backgroundSaveAs(connection, 'divergent-a.rdb', LIMIT_MS);
    assert.equal((await saved(old)).backgroundSave, 'failed');
    assert.equal(await old.call('CONFIG', 'GET', 'dbfilename'), 'dbfilename\ndump.rdb');
    await backgroundSaveAs(connection, 'divergent-b.rdb', LIMIT_MS);
    assert.equal((await saved(old)).backgroundSave, 'ok');
  });

  test('is asked for in one packet with the names, so that an operator that ends leaves no other name', async () => {
    const { old } = await afterPartition(PERMITTED);
    const packets: string[] = [];
    const proxy = createServer((client) => {
      const server = connect(old.port, '127.0.0.1');
      client.on('data', (data) => packets.push(String(data)));
      client.pipe(server).pipe(client);
      client.on('error', () => server.destroy());
      server.on('error', () => client.destroy());
    });
    const port = await freePort();
    await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
    endings.push(() => proxy.close());
    await backgroundSaveAs(await dial(port), 'divergent-a.rdb', LIMIT_MS);
    const names = packets.filter((packet) => packet.includes('BGSAVE')).map((packet) => packet.match(/\w[\w-]*\.rdb/g));
    assert.deepEqual(names, [['divergent-a.rdb', 'dump.rdb']]);
  });
});

/** What redis-server gets when a version of it prints that. */
const argumentsOf = async (version: string, env: Readonly<Record<string, string>>): Promise<string> => {
  const [data, bin] = ['data-', 'bin-'].map((name) => mkdtempSync(join(tmpdir(), name)));
  assert.ok(data && bin);
  const server = join(bin, 'redis-server');
  writeFileSync(server, `#!/bin/sh\n[ "$1" = --version ] && echo '${version}' || echo "$@"\n`);
  chmodSync(server, 0o755);
  const script = redisConfigMap(failover()).data?.['start-redis.sh'] ?? '';
  const path = `${bin}${delimiter}${process.env['PATH']}`;
  return (await runScript(script.replaceAll('/data', data), { ...env, PATH: path })).output.trim();
};

describe('start-redis.sh lets CONFIG SET name files', () => {
  const VERSIONS: Readonly<Record<string, string>> = {
    'Redis server v=6.2.14 sha=00000000:0 malloc=jemalloc-5.1.0 bits=64 build=1': '',
    'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1': ` --${PERMITTED}`,
    'Redis server v=8.0.2 sha=00000000:1 malloc=jemalloc-5.3.0 bits=64 build=1': ` --${PERMITTED}`,
    'Redis server v=10.0.0 sha=00000000:1 malloc=jemalloc-5.3.0 bits=64 build=1': ` --${PERMITTED}`,
    'Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1': ` --${PERMITTED}`,
  };

  for (const [version, added] of Object.entries(VERSIONS)) {
    test(`${version.split(' sha')[0]}: ${added === '' ? 'needs no permission and knows none' : 'with permission'}`, async () => {
      assert.equal(await argumentsOf(version, { REDIS_DIVERGENT_DATA: 'Keep' }), `/redis/redis.conf${added}`);
    });
  }

  test('not when nothing is to be kept', async () => {
    assert.equal(await argumentsOf(Object.keys(VERSIONS)[1] ?? '', {}), '/redis/redis.conf');
  });

  test('and Redis understands it there, among its other arguments', async () => {
    const script = redisConfigMap(failover()).data?.['start-redis.sh'] ?? '';
    const args = script.match(/--enable-protected-configs \w+/)?.[0].split(' ') ?? [];
    const started = await startRedis({ config: [], options: ['--appendonly', 'no', ...args] });
    assert.equal(await started.call('CONFIG', 'SET', 'dbfilename', 'a.rdb'), 'OK');
  });
});
