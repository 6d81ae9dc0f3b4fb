/** What following a Redis outside, and leaving it, asks of real Redis and Sentinel processes. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { INTERNAL_USER, MASTER_NAME } from '../../src/api/names.ts';
import type { Endpoint } from '../../src/ports.ts';
import {
  readMasterLogin,
  readRedisFacts,
  readSentinelFacts,
  replicaOf,
  sentinelMonitor,
  sentinelRemove,
  setMasterLogin,
} from '../../src/redis/commands.ts';
import { createRedisDialer } from '../../src/redis/dialer.ts';
import type { RedisFacts } from '../../src/redis/facts.ts';
import { systemClock } from '../../src/system.ts';
import { eventually, type RedisProcess, redis, startRedis, stopAll } from './redis-process.ts';

const LIMIT_MS = 2_000;
const SOURCE_PASSWORD = 'of "the" source';
const dialer = createRedisDialer({ clock: systemClock, clientName: 'test' });
const at = ({ port }: RedisProcess): Endpoint => ({ host: '127.0.0.1', port });
const dial = (process: RedisProcess) => dialer.dial(at(process), { timeoutMs: LIMIT_MS });

afterEach(stopAll);

const factsOf = async (process: RedisProcess): Promise<RedisFacts> => {
  const connection = await dial(process);
  const facts = await readRedisFacts(connection, LIMIT_MS);
  connection.close();
  return facts;
};

const linkUp = (process: RedisProcess): Promise<void> =>
  eventually('its link is up', async () => (await factsOf(process)).masterLinkStatus === 'up');

/** A pod as it starts: it follows nobody, as the internal user. */
const pod = () =>
  redis('replicaof 127.0.0.1 1', `masteruser ${INTERNAL_USER}`, 'masterauth own', 'repl-backlog-size 1mb');

const logIn = async (process: RedisProcess, login: { readonly user: string; readonly password: string }) => {
  const connection = await dial(process);
  await setMasterLogin(connection, login, LIMIT_MS);
  assert.deepEqual(await readMasterLogin(connection, LIMIT_MS), login);
  connection.close();
};

const follow = async (process: RedisProcess, master: Endpoint | 'no one'): Promise<void> => {
  const connection = await dial(process);
  await replicaOf(connection, master, LIMIT_MS);
  connection.close();
};

describe('a Redis outside', () => {
  test('is followed with its own login, and under the name that was given', async () => {
    const [source, one] = [await redis(`requirepass "${SOURCE_PASSWORD.replaceAll('"', '\\"')}"`), await pod()];
    await logIn(one, { user: '', password: SOURCE_PASSWORD });
    await follow(one, { host: 'localhost', port: source.port });
    await linkUp(one);
    const { masterHost, masterPort, masterLinkDownSeconds } = await factsOf(one);
    assert.deepEqual([masterHost, masterPort, masterLinkDownSeconds], ['localhost', source.port, undefined]);
  });

  test('is followed by itself once the login is right', async () => {
    const [source, one] = [await redis('requirepass secret'), await pod()];
    await follow(one, at(source));
    assert.equal((await factsOf(one)).masterLinkStatus, 'down');
    await logIn(one, { user: '', password: 'secret' });
    await linkUp(one);
  });

  test('that asks for no password refuses one, and is followed without', async () => {
    const [source, one] = [await redis(), await pod()];
    await logIn(one, { user: '', password: 'unasked' });
    await follow(one, at(source));
    await logIn(one, { user: '', password: '' });
    await linkUp(one);
  });

  test('says since when it is gone', async () => {
    const [source, one] = [await redis(), await pod()];
    await logIn(one, { user: '', password: '' });
    await follow(one, at(source));
    await linkUp(one);
    await source.stop();
    await eventually(
      'the link is down for a second',
      async () => ((await factsOf(one)).masterLinkDownSeconds ?? 0) >= 1,
    );
  });

  test('is left without copying the data again', async () => {
    const [source, one, other] = [await redis(), await pod(), await pod()];
    await Promise.all([one, other].map((each) => logIn(each, { user: '', password: '' })));
    await Promise.all([one, other].map((each) => follow(each, at(source))));
    await source.call('SET', 'kept', 'here');
    await Promise.all([linkUp(one), linkUp(other)]);
    await eventually('both have all', async () => {
      const offsets = await Promise.all([source, one, other].map(async (each) => (await factsOf(each)).offset));
      return new Set(offsets).size === 1;
    });
    await follow(one, 'no one');
    await follow(other, at(one));
    await linkUp(other);
    assert.match(await one.call('INFO', 'stats'), /sync_full:0\b[^]*sync_partial_ok:1\b/);
    assert.equal(await other.call('GET', 'kept'), 'here');
  });
});

test('a Sentinel that forgot its master watches nothing, however often it is told', async () => {
  const [source, sentinel] = [await redis(), await startRedis({ sentinel: true, config: ['protected-mode no'] })];
  const connection = await dial(sentinel);
  await sentinelMonitor(connection, { name: MASTER_NAME, endpoint: at(source), quorum: 1 }, LIMIT_MS);
  assert.equal((await readSentinelFacts(connection, MASTER_NAME, LIMIT_MS)).master?.port, source.port);
  await sentinelRemove(connection, MASTER_NAME, LIMIT_MS);
  await sentinelRemove(connection, MASTER_NAME, LIMIT_MS);
  assert.equal((await readSentinelFacts(connection, MASTER_NAME, LIMIT_MS)).master, undefined);
  connection.close();
});
