import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Reply } from './resp.ts';
import { type Questions, verifyOnce } from './verify.ts';

const WRITTEN = { prefix: 'p', acknowledgedAt: [10, 20, 30, 40] };
const NO_WORDS: readonly string[] = [];

type Server = { readonly roles: readonly string[]; readonly keys: Readonly<Record<string, string>> };

/** A server that answers ROLE with one role after the other. */
const serverOf = ({ roles, keys }: Server): Questions & { readonly asked: readonly string[] } => {
  const rolesLeft = [...roles];
  const asked: string[] = [];
  const answer = (command = '', words = NO_WORDS): Reply =>
    command === 'ROLE' ? [rolesLeft.shift() ?? ''] : words.map((key) => keys[key] ?? null);
  return {
    asked,
    endpoint: { host: 'redis', port: 6379 },
    call: (command, ...words) => {
      asked.push(command ?? '');
      return Promise.resolve(answer(command, words));
    },
    close: () => asked.push('close'),
  };
};

describe('the verification of a load', () => {
  test('counts the acknowledged keys that the master lacks, and says when they were acknowledged', async () => {
    const server = serverOf({ roles: ['master', 'master'], keys: { 'p:0': '0', 'p:3': '3' } });
    assert.deepEqual(await verifyOnce(server, WRITTEN), {
      kind: 'verified',
      master: 'redis:6379',
      lost: 2,
      lostKeys: [{ first: 1, last: 2, firstAt: 20, lastAt: 30 }],
    });
    assert.deepEqual(server.asked, ['ROLE', 'MGET', 'ROLE', 'close']);
  });

  test('a key with the value of another one is lost', async () => {
    const server = serverOf({ roles: ['master', 'master'], keys: { 'p:0': '1' } });
    assert.deepEqual(await verifyOnce(server, { prefix: 'p', acknowledgedAt: [10] }), {
      kind: 'verified',
      master: 'redis:6379',
      lost: 1,
      lostKeys: [{ first: 0, last: 0, firstAt: 10, lastAt: 10 }],
    });
  });

  test('a replica proves nothing', async () => {
    await assert.rejects(verifyOnce(serverOf({ roles: ['slave'], keys: {} }), WRITTEN), { code: 'NOTMASTER' });
  });

  test('neither does a master that became a replica while it was read', async () => {
    const server = serverOf({ roles: ['master', 'slave'], keys: {} });
    await assert.rejects(verifyOnce(server, WRITTEN), { code: 'NOTMASTER' });
    assert.equal(server.asked.at(-1), 'close');
  });
});
