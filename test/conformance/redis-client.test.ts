import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import type { Endpoint, RedisConnection } from '../../src/ports.ts';
import {
  clientKillNormal,
  clientPauseWrites,
  configGet,
  configSet,
  readRedisFacts,
  readSentinelFacts,
  replicaOf,
  role,
  sentinelFailover,
  sentinelInfoPeriod,
  sentinelMasterAddress,
  sentinelMonitor,
  sentinelSet,
} from '../../src/redis/commands.ts';
import { createRedisDialer } from '../../src/redis/dialer.ts';
import type { RedisError } from '../../src/redis/errors.ts';
import type { SentinelReplica } from '../../src/redis/facts.ts';
import { Link } from '../../src/redis/links.ts';
import { systemClock, systemRandom } from '../../src/system.ts';
import { type RedisProcess, redis, startRedis, stopAll } from './redis-process.ts';

const LIMIT_MS = 2_000;
/** What Sentinel publishes of a failover, in order. */
const FAILOVER_STEPS = new Set([
  '+try-failover',
  '+selected-slave',
  '+promoted-slave',
  '+failover-end',
  '+switch-master',
]);
const dialer = createRedisDialer({ clock: systemClock, clientName: 'conformance' });
const at = ({ port }: { readonly port: number }): Endpoint => ({ host: '127.0.0.1', port });
const dial = (process: RedisProcess, password?: string): Promise<RedisConnection> =>
  dialer.dial(at(process), { timeoutMs: LIMIT_MS, ...(password !== undefined && { password }) });

/** Asks until the answer is the wanted one; the test's own limit ends it otherwise. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await systemClock.sleep(20);
};

/** Sentinel elects no replica that it has not connected to, or whose INFO it has not read yet. */
const isElectable = (replica: SentinelReplica | undefined): boolean =>
  replica !== undefined && replica.infoRefreshMs > 0 && !replica.flags.includes('disconnected');

/** Connections that fill the accept queue of a stopped server, so that it drops the next one as a dead host does. */
const crowd = async (process: RedisProcess): Promise<() => void> => {
  const sockets: Socket[] = [];
  const taken = async (): Promise<boolean> => {
    const socket = connect(process.port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    return Promise.race([once(socket, 'connect').then(() => true), systemClock.sleep(200).then(() => false)]);
  };
  while (await taken());
  return () => sockets.forEach((socket) => socket.destroy());
};

describe('the Redis client against a real Redis', { timeout: 60_000 }, () => {
  afterEach(stopAll);

  test('reads the facts of a master and of its replica, and makes one the other', async () => {
    const [one, two] = await Promise.all([redis(), redis()]);
    const [master, replica] = await Promise.all([dial(one), dial(two)]);
    await master.call(['SET', 'key', 'value'], LIMIT_MS);
    await replicaOf(replica, at(one), LIMIT_MS);
    await until(async () => (await readRedisFacts(replica, LIMIT_MS)).masterLinkStatus === 'up');
    const [leader, follower] = await Promise.all([readRedisFacts(master, LIMIT_MS), readRedisFacts(replica, LIMIT_MS)]);
    assert.deepEqual([leader.role, follower.role, await role(replica, LIMIT_MS)], ['master', 'replica', 'replica']);
    assert.deepEqual([leader.keys, follower.keys, follower.masterPort], [1, 1, one.port]);
    assert.equal(follower.replicationId, leader.replicationId);
    await replicaOf(replica, 'no one', LIMIT_MS);
    const promoted = await readRedisFacts(replica, LIMIT_MS);
    assert.equal(promoted.secondReplicationId, leader.replicationId);
    master.close();
    replica.close();
  });

  test('sets and reads parameters, and reports what Redis refuses', async () => {
    const connection = await dial(await startRedis({ config: [] }));
    await configSet(connection, { parameter: 'save', value: '' }, LIMIT_MS);
    assert.deepEqual([...(await configGet(connection, 'save', LIMIT_MS))], [['save', '']]);
    await assert.rejects(configSet(connection, { parameter: 'nonsense', value: '1' }, LIMIT_MS), {
      code: 'reply',
      prefix: 'ERR',
    });
    connection.close();
  });

  test('tells a wrong password from a missing one, from a refusal and from a hung server', async () => {
    const guarded = await startRedis({ config: ['requirepass secret'] });
    await assert.rejects(dial(guarded, 'wrong'), { code: 'auth' });
    await assert.rejects(dial(guarded), { code: 'auth' });
    (await dial(guarded, 'secret')).close();
    guarded.signal('SIGSTOP');
    await assert.rejects(dialer.dial(at(guarded), { timeoutMs: 200, password: 'secret' }), { code: 'timeout' });
    await guarded.stop();
    await assert.rejects(dial(guarded, 'secret'), { code: 'refused' });
  });

  test('calls a host that drops packets a timeout, not a lost connection', async () => {
    const process = await startRedis({ config: ['tcp-backlog 1'] });
    process.signal('SIGSTOP');
    const disperse = await crowd(process);
    await assert.rejects(dialer.dial(at(process), { timeoutMs: 300 }), { code: 'timeout' });
    disperse();
  });

  test('keeps no socket of a dial that was given up while it connected', async () => {
    const process = await startRedis({ config: [] });
    const hasty = createRedisDialer({
      clientName: 'conformance',
      clock: {
        ...systemClock,
        after: (_ms, callback) => {
          queueMicrotask(callback);
          return () => undefined;
        },
      },
    });
    await assert.rejects(hasty.dial(at(process), { timeoutMs: LIMIT_MS }), { code: 'timeout' });
    // This one is accepted after the other, which therefore is listed from here on unless it has ended.
    (await dial(process)).close();
    await until(async () => !(await process.call('CLIENT', 'LIST')).includes('\n'));
  });

  test('logs in with a password where none is set, so that setting one locks nobody out', async () => {
    const connection = await dial(await startRedis({ config: [] }), 'not needed');
    assert.equal(await connection.call(['PING'], LIMIT_MS), 'PONG');
    connection.close();
  });

  test('says who it is, and sends nothing that a server does not know', async () => {
    const process = await startRedis({ config: [] });
    const connection = await dial(process);
    assert.match(String(await connection.call(['CLIENT', 'LIST'], LIMIT_MS)), /name=conformance .*resp=3/);
    assert.equal(await connection.call(['INFO', 'errorstats'], LIMIT_MS), '# Errorstats\r\n');
    connection.close();
  });

  test('repeats no password in an error', async () => {
    const connection = await dial(await startRedis({ config: ['rename-command CONFIG ""'] }));
    const error = await configSet(connection, { parameter: 'masterauth', value: 's3cret' }, LIMIT_MS).catch(String);
    assert.equal(error, "RedisError: ERR unknown command 'CONFIG'");
    connection.close();
  });

  test('tells a Redis that loads from one that is ready', async () => {
    const full = await startRedis({ config: ['enable-debug-command yes'] });
    await full.call('DEBUG', 'POPULATE', '10000');
    await full.call('SAVE');
    const slowly = ['key-load-delay 1000', 'loading-process-events-interval-bytes 1024'];
    const loads = await dial(await startRedis({ config: [`dir ${full.directory}`, ...slowly] }));
    const connection = await dial(full);
    assert.equal((await readRedisFacts(loads, LIMIT_MS)).loading, true);
    assert.equal((await readRedisFacts(connection, LIMIT_MS)).loading, false);
    await assert.rejects(loads.call(['GET', 'key:0'], LIMIT_MS), { code: 'loading', prefix: 'LOADING' });
    loads.close();
    connection.close();
  });

  test('drops every client but its own connection', async () => {
    const process = await startRedis({ config: [] });
    const [own, other] = await Promise.all([dial(process), dial(process)]);
    const waiting = assert.rejects(other.call(['BLPOP', 'nothing', '0'], LIMIT_MS), { code: 'closed' });
    await until(async () => String(await own.call(['CLIENT', 'LIST'], LIMIT_MS)).includes('cmd=blpop'));
    await clientKillNormal(own, LIMIT_MS);
    await Promise.all([waiting, other.closed]);
    assert.equal(await own.call(['PING'], LIMIT_MS), 'PONG');
    own.close();
  });

  test('a killed process is noticed, and proven gone, within milliseconds', async () => {
    const process = await startRedis({ config: [] });
    const connection = await dial(process);
    const waiting = assert.rejects(connection.call(['BLPOP', 'nothing', '0'], LIMIT_MS), { code: 'closed' });
    const begun = systemClock.monotonicMs();
    process.signal('SIGKILL');
    await Promise.all([connection.closed, waiting]);
    // While a process ends, its port may take one more connection and reset it.
    await until(() =>
      dial(process).then(
        () => false,
        (error: RedisError) => error.code === 'refused',
      ),
    );
    assert.ok(systemClock.monotonicMs() - begun < 500);
  });

  test('ends a connection whose command is not answered in time', async () => {
    const process = await startRedis({ config: [] });
    const connection = await dial(process);
    await clientPauseWrites(connection, 5_000, LIMIT_MS);
    await assert.rejects(connection.call(['SET', 'key', 'value'], 100), { code: 'timeout' });
    await connection.closed;
  });

  test('a link learns of a killed process and of its return', async () => {
    const first = await startRedis({ config: [] });
    const events: string[] = [];
    const link = new Link({
      endpoint: at(first),
      dialer,
      clock: systemClock,
      random: systemRandom,
      timeoutMs: LIMIT_MS,
      onLost: () => events.push('lost'),
      onRestored: () => events.push('restored'),
    });
    await readRedisFacts(link, LIMIT_MS);
    await first.stop();
    await until(() =>
      readRedisFacts(link, LIMIT_MS).then(
        () => false,
        (error: RedisError) => error.code === 'refused',
      ),
    );
    await startRedis({ config: [], port: first.port });
    await until(() => Promise.resolve(events.includes('restored')));
    assert.equal((await readRedisFacts(link, LIMIT_MS)).role, 'master');
    link.close();
  });
});

describe('the Redis client against a real Sentinel', { timeout: 60_000 }, () => {
  afterEach(stopAll);

  test('points it at a master, reads its opinion, changes a setting, and fails over', async () => {
    const [one, two] = await Promise.all([redis(), redis()]);
    const sentinel = await dial(await startRedis({ config: [], sentinel: true }));
    assert.equal((await readSentinelFacts(sentinel, 'mymaster', LIMIT_MS)).master, undefined);
    assert.equal(await sentinelMasterAddress(sentinel, 'mymaster', LIMIT_MS), undefined);

    const replica = await dial(two);
    await replicaOf(replica, at(one), LIMIT_MS);
    await until(async () => (await readRedisFacts(replica, LIMIT_MS)).masterLinkStatus === 'up');
    await sentinelMonitor(sentinel, { name: 'mymaster', endpoint: at(one), quorum: 1 }, LIMIT_MS);
    await sentinelMonitor(sentinel, { name: 'mymaster', endpoint: at(one), quorum: 1 }, LIMIT_MS);
    await sentinelSet(sentinel, { name: 'mymaster', option: 'down-after-milliseconds', value: '1234' }, LIMIT_MS);
    await until(async () => isElectable((await readSentinelFacts(sentinel, 'mymaster', LIMIT_MS)).replicas[0]));
    const facts = await readSentinelFacts(sentinel, 'mymaster', LIMIT_MS);
    assert.deepEqual([facts.master?.port, facts.master?.quorum, facts.master?.downAfterMs], [one.port, 1, 1234]);
    assert.deepEqual([facts.tilt, facts.replicas[0]?.port, facts.sentinels], [false, two.port, []]);

    await sentinelInfoPeriod(sentinel, 1234, LIMIT_MS);
    assert.equal((await readSentinelFacts(sentinel, 'mymaster', LIMIT_MS)).infoPeriodMs, 1234);

    const heard: { readonly channel: string; readonly message: string }[] = [];
    await sentinel.psubscribe(['+*'], (channel, message) => heard.push({ channel, message }), LIMIT_MS);
    await sentinelFailover(sentinel, 'mymaster', LIMIT_MS);
    await until(() => Promise.resolve(heard.some(({ channel }) => channel === '+switch-master')));
    const steps = heard.filter(({ channel }) => FAILOVER_STEPS.has(channel));
    assert.deepEqual(
      steps.map(({ channel }) => channel),
      [...FAILOVER_STEPS],
    );
    const addresses = [one, two].map((server) => `${at(server).host} ${at(server).port}`).join(' ');
    assert.equal(steps.at(-1)?.message, `mymaster ${addresses}`);
    assert.deepEqual(await sentinelMasterAddress(sentinel, 'mymaster', LIMIT_MS), at(two));
    replica.close();
    sentinel.close();
  });

  test('a setting that does not exist is a refusal, not a broken connection', async () => {
    const one = await startRedis({ config: [] });
    const sentinel = await dial(await startRedis({ config: [], sentinel: true }));
    await sentinelMonitor(sentinel, { name: 'mymaster', endpoint: at(one), quorum: 1 }, LIMIT_MS);
    const setting = { name: 'mymaster', option: 'nonsense', value: '1' };
    await assert.rejects(sentinelSet(sentinel, setting, LIMIT_MS), { code: 'reply' });
    assert.equal((await readSentinelFacts(sentinel, 'mymaster', LIMIT_MS)).master?.port, one.port);
    sentinel.close();
  });
});
