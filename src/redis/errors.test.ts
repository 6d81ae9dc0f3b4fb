import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionTimeoutError } from '@redis/client';
import { redisErrorOf } from './errors.ts';

const withCode = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

const TABLE: readonly (readonly [Error, string, string])[] = [
  [withCode('ECONNREFUSED'), 'refused', ''],
  [withCode('ECONNRESET'), 'closed', ''],
  [withCode('EHOSTUNREACH'), 'unreachable', ''],
  [withCode('ETIMEDOUT'), 'timeout', ''],
  [new Error('WRONGPASS invalid username-password pair or user is disabled.'), 'auth', 'WRONGPASS'],
  [new Error('NOAUTH HELLO must be called with the client already authenticated'), 'auth', 'NOAUTH'],
  [new Error('ERR AUTH <password> called without any password configured for the default user.'), 'auth', 'ERR'],
  [new Error('LOADING Redis is loading the dataset in memory'), 'loading', 'LOADING'],
  [new Error('NOGOODSLAVE No suitable replica to promote'), 'reply', 'NOGOODSLAVE'],
  [new Error('Socket closed unexpectedly'), 'closed', ''],
  [new ConnectionTimeoutError(), 'timeout', ''],
];

describe('a Redis error', () => {
  for (const [error, code, prefix] of TABLE) {
    test(`"${error.message}" is ${code}`, () => {
      const made = redisErrorOf(error);
      assert.deepEqual([made.code, made.prefix], [code, prefix]);
    });
  }

  test('repeats no argument of a command that Redis does not know', () => {
    const hello = redisErrorOf(
      new Error('ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `s3cret`, '),
    );
    assert.deepEqual([hello.code, hello.message, hello.cause], ['reply', 'ERR unknown command `HELLO`', undefined]);
  });
});
