import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RedisReply } from '../ports.ts';
import {
  type Caller,
  readRedisFacts,
  readRequiredReplicas,
  readSentinelFacts,
  requireReplicas,
  sentinelMasterAddress,
  sentinelMonitor,
} from './commands.ts';
import { RedisError } from './errors.ts';

const LIMIT_MS = 100;

/** A server that answers whole commands; what it has no answer for is an error. */
const server = (answers: Readonly<Record<string, RedisReply>>, error: string) => {
  const asked: string[] = [];
  const caller: Caller = {
    call: (args) => {
      const command = args.join(' ');
      asked.push(command);
      const answer = answers[command];
      return answer === undefined
        ? Promise.reject(new RedisError({ code: 'reply', message: error, prefix: 'ERR' }))
        : Promise.resolve(answer);
    },
  };
  return { caller, asked };
};

const NO_MASTER = 'ERR No such master with that name';

describe('the commands', () => {
  test('a Redis before 7.0, which takes one section of INFO, is asked for all', async () => {
    const { caller, asked } = server({ INFO: 'redis_version:6.2.6\r\nrole:master\r\n' }, 'ERR syntax error');
    assert.equal((await readRedisFacts(caller, LIMIT_MS)).version, '6.2.6');
    assert.equal(asked.length, 2);
  });

  test('another refusal of INFO is the answer', async () => {
    const { caller, asked } = server({}, "NOPERM this user has no permissions to run the 'info' command");
    await assert.rejects(readRedisFacts(caller, LIMIT_MS), { code: 'reply' });
    assert.equal(asked.length, 1);
  });

  test('a Redis says how many replicas it requires, unless CONFIG is refused', async () => {
    const [toWrite, maxLag] = ['min-replicas-to-write', 'min-replicas-max-lag'];
    const open = server({ 'CONFIG GET min-replicas-*': [maxLag, '3', toWrite, '1'] }, 'ERR').caller;
    assert.deepEqual(await readRequiredReplicas(open, LIMIT_MS), { toWrite: 1, maxLagSeconds: 3 });
    assert.equal(await readRequiredReplicas(server({}, 'NOPERM').caller, LIMIT_MS), undefined);
    const { caller, asked } = server({ [`CONFIG SET ${maxLag} 3`]: 'OK', [`CONFIG SET ${toWrite} 1`]: 'OK' }, 'ERR');
    await requireReplicas(caller, { toWrite: 1, maxLagSeconds: 3 }, LIMIT_MS);
    assert.equal(asked.length, 2);
  });

  test('a Sentinel that watches nothing has an opinion without a master', async () => {
    const answers = {
      'SENTINEL MYID': 'e582',
      INFO: '# Server\r\nredis_version:8.0.2\r\n# Sentinel\r\nsentinel_tilt:1\r\n',
    };
    const { caller } = server(answers, NO_MASTER);
    assert.deepEqual(await readSentinelFacts(caller, 'mymaster', LIMIT_MS), {
      myId: 'e582',
      version: '8.0.2',
      tilt: true,
      infoPeriodMs: undefined,
      master: undefined,
      replicas: [],
      sentinels: [],
    });
  });

  test('a Sentinel since 7.0 says how often it reads INFO', async () => {
    const answers = {
      'SENTINEL MYID': 'e582',
      INFO: '# Sentinel\r\nsentinel_tilt:0\r\n',
      'SENTINEL DEBUG': ['INFO-PERIOD', '10000', 'PING-PERIOD', '1000'],
    };
    const { caller } = server(answers, NO_MASTER);
    assert.equal((await readSentinelFacts(caller, 'mymaster', LIMIT_MS)).infoPeriodMs, 10_000);
  });

  test('a Sentinel that watches nothing sends clients nowhere', async () => {
    const { caller } = server({ 'SENTINEL GET-MASTER-ADDR-BY-NAME mymaster': null }, NO_MASTER);
    assert.equal(await sentinelMasterAddress(caller, 'mymaster', LIMIT_MS), undefined);
  });

  test('a watch is begun anew in one go, whether there was one or not', async () => {
    const answers = {
      'SENTINEL MONITOR mymaster 10.0.0.1 6379 2': 'OK',
      'SENTINEL SET mymaster auth-pass s3cret': 'OK',
    };
    const { caller, asked } = server(answers, NO_MASTER);
    const endpoint = { host: '10.0.0.1', port: 6379 };
    const done = sentinelMonitor(
      caller,
      { name: 'mymaster', endpoint, quorum: 2, login: { password: 's3cret' } },
      LIMIT_MS,
    );
    assert.deepEqual(asked, ['SENTINEL REMOVE mymaster', ...Object.keys(answers)]);
    await done;
  });
});
