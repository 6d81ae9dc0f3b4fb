import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSettings } from './settings.ts';

const COMPLETE = {
  LOAD_CLIENT: 'sentinel',
  LOAD_SENTINEL: 'rfs-cache:26379',
  LOAD_MASTER_SERVICE: 'rfrm-cache:6379',
  LOAD_PREFIX: 'load-1:sentinel',
  LOAD_SECONDS: '900',
};

describe("a load client's settings", () => {
  test('are read from the environment', () => {
    assert.deepEqual(readSettings({ ...COMPLETE, REDIS_PASSWORD: 'secret', SENTINEL_PASSWORD: 'other' }), {
      target: {
        client: 'sentinel',
        sentinel: { host: 'rfs-cache', port: 26379 },
        masterService: { host: 'rfrm-cache', port: 6379 },
        password: 'secret',
        sentinelPassword: 'other',
      },
      prefix: 'load-1:sentinel',
      longestMs: 900_000,
    });
  });

  for (const password of [undefined, '']) {
    test(`password ${JSON.stringify(password)} is none`, () => {
      const { target } = readSettings({ ...COMPLETE, REDIS_PASSWORD: password, SENTINEL_PASSWORD: password });
      assert.deepEqual([target.password, target.sentinelPassword], [undefined, undefined]);
    });
  }

  test('a load lasts an hour at most', () => {
    assert.equal(readSettings({ ...COMPLETE, LOAD_SECONDS: '99999' }).longestMs, 3_600_000);
  });

  test('what is missing or wrong is named', () => {
    assert.throws(() => readSettings({ ...COMPLETE, LOAD_PREFIX: '' }), /LOAD_PREFIX is not set/);
    assert.throws(() => readSettings({ ...COMPLETE, LOAD_CLIENT: 'cluster' }), /LOAD_CLIENT=cluster/);
  });
});
