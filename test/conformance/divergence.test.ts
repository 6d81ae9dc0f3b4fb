/** What a real Redis says of the writes that only a second master has. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { divergenceOf } from '../../src/core/divergence.ts';
import { readRedisFacts, readRequiredReplicas, replicaOf, requireReplicas } from '../../src/redis/commands.ts';
import { createRedisDialer } from '../../src/redis/dialer.ts';
import type { RedisFacts } from '../../src/redis/facts.ts';
import { systemClock } from '../../src/system.ts';
import { eventually, type RedisProcess, redis, stopAll } from './redis-process.ts';

const LIMIT_MS = 2_000;
const dialer = createRedisDialer({ clock: systemClock, clientName: 'test' });
const at = ({ port }: RedisProcess) => ({ host: '127.0.0.1', port });
const dial = (process: RedisProcess) => dialer.dial(at(process), { timeoutMs: LIMIT_MS });

afterEach(stopAll);

const factsOf = async (process: RedisProcess): Promise<RedisFacts> => {
  const connection = await dial(process);
  const facts = await readRedisFacts(connection, LIMIT_MS);
  connection.close();
  return facts;
};

/** A master and a replica that has everything of it. */
const pair = async (): Promise<readonly [RedisProcess, RedisProcess]> => {
  const [master, replica] = await Promise.all([redis(), redis()]);
  await replica.call('REPLICAOF', '127.0.0.1', String(master.port));
  await master.call('SET', 'both', '1');
  await eventually('the replica has everything', async () => {
    const [one, other] = await Promise.all([factsOf(master), factsOf(replica)]);
    return other.masterLinkStatus === 'up' && other.offset === one.offset;
  });
  return [master, replica];
};

/** `SET only here` in the replication stream. */
const WRITE_BYTES = '*3\r\n$3\r\nSET\r\n$4\r\nonly\r\n$4\r\nhere\r\n'.length;

describe('writes that only one of two masters has', () => {
  for (const [sentence, choose] of Object.entries({
    'are counted in the old master, asked right behind REPLICAOF': ([old, promoted]: Awaited<
      ReturnType<typeof pair>
    >) => ({ kept: promoted, left: old }),
    'are counted in a replica that was promoted by hand': ([old, promoted]: Awaited<ReturnType<typeof pair>>) => ({
      kept: old,
      left: promoted,
    }),
  })) {
    test(sentence, async () => {
      const both = await pair();
      await both[1].call('REPLICAOF', 'NO', 'ONE');
      const { kept, left } = choose(both);
      const before = await factsOf(left);
      await left.call('SET', 'only', 'here');
      const connection = await dial(left);
      const [, answer] = await Promise.all([
        replicaOf(connection, at(kept), LIMIT_MS),
        readRedisFacts(connection, LIMIT_MS),
      ]);
      connection.close();
      const found = divergenceOf({ name: 'left', answer }, { answer: await factsOf(kept) });
      assert.deepEqual([found?.replicationId, found?.bytes], [before.replicationId, answer.offset - before.offset]);
      assert.ok(answer.offset - before.offset >= WRITE_BYTES, 'the write is in the number');
      await eventually('it is overwritten', async () => (await left.call('EXISTS', 'only')) === '0');
    });
  }
});

describe('a master that requires a replica', () => {
  test('says so, refuses writes while its replica is silent, and counts none then', async () => {
    const [master, replica] = await pair();
    const connection = await dial(master);
    assert.deepEqual(await readRequiredReplicas(connection, LIMIT_MS), { toWrite: 0, maxLagSeconds: 10 });
    await requireReplicas(connection, { toWrite: 1, maxLagSeconds: 1 }, LIMIT_MS);
    assert.deepEqual(await readRequiredReplicas(connection, LIMIT_MS), { toWrite: 1, maxLagSeconds: 1 });
    assert.equal((await readRedisFacts(connection, LIMIT_MS)).goodReplicas, 1);
    replica.signal('SIGSTOP');
    await eventually('writes are refused', async () => (await master.call('SET', 'a', '1')).startsWith('NOREPLICAS'));
    assert.equal((await readRedisFacts(connection, LIMIT_MS)).goodReplicas, 0);
    replica.signal('SIGCONT');
    await eventually('writes are accepted', async () => (await master.call('SET', 'a', '1')) === 'OK');
    connection.close();
  });
});
