import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RedisReply } from '../ports.ts';
import { isSentinelLoggedIn, readAclFacts } from './acl.ts';
import type { Caller } from './commands.ts';
import { RedisError } from './errors.ts';

const LIMIT_MS = 100;
const USER = 'redis-operator-internal';

/** A server that answers whole commands; what it has no answer for is an error. */
const server = (answers: Readonly<Record<string, RedisReply>>): Caller => ({
  call: (args) => {
    const answer = answers[args.join(' ')];
    const unknown = new RedisError({ code: 'reply', message: `ERR unknown command '${args[0]}'`, prefix: 'ERR' });
    return answer === undefined ? Promise.reject(unknown) : Promise.resolve(answer);
  },
});

const SETTINGS = { 'CONFIG GET master*': ['masteruser', USER, 'masterauth', 'secret'] };
const facts = (user: RedisReply) =>
  readAclFacts(server({ [`ACL GETUSER ${USER}`]: user, ...SETTINGS }), USER, LIMIT_MS);

describe('what a Redis says of an ACL user', () => {
  test('whether it may log in, and by which passwords', async () => {
    const user = ['flags', ['on', 'sanitize-payload'], 'passwords', ['ab12', 'cd34'], 'commands', '-@all', 'keys', ''];
    const login = { masterUser: USER, masterAuth: 'secret' };
    assert.deepEqual(await facts(user), { enabled: true, hashes: ['ab12', 'cd34'], ...login });
  });

  test('one that does not exist has no password', async () => {
    assert.deepEqual((await facts(null))?.hashes, []);
    assert.equal((await facts(null))?.enabled, false);
  });

  test('a Redis without ACL says nothing', async () => {
    assert.equal(await readAclFacts(server(SETTINGS), USER, LIMIT_MS), undefined);
  });
});

const client = (name: string, user: string) => `id=4 addr=10.0.0.1:1 name=${name} age=1 flags=P user=${user} redir=-1`;

describe('whether a Sentinel is logged in', () => {
  const id = '0123456789abcdef';
  const CASES: Readonly<Record<string, readonly [line: string, isLoggedIn: boolean]>> = {
    'as the user': [client('sentinel-01234567-pubsub', USER), true],
    'as the default user': [client('sentinel-01234567-pubsub', 'default'), false],
    'as the user, but another Sentinel': [client('sentinel-76543210-pubsub', USER), false],
    'not at all': ['', false],
  };
  for (const [sentence, [line, isLoggedIn]] of Object.entries(CASES)) {
    test(sentence, async () => {
      const caller = server({ 'CLIENT LIST TYPE pubsub': `${client('app', 'default')}\n${line}\n` });
      assert.equal(await isSentinelLoggedIn(caller, { id, user: USER }, LIMIT_MS), isLoggedIn);
    });
  }
});
