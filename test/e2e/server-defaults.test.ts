/** What a removed line of customConfig goes back to is what the servers of other versions have, too. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SERVER_DEFAULTS } from '../../src/core/objects/server-defaults.ts';
import { createNamespace, deleteNamespace } from './harness/namespaces.ts';
import { createOutsideRedis } from './harness/outside-redis.ts';

const LIMIT_MS = 120_000;
/** Another one than on the machine of the conformance tests. */
const IMAGES = ['redis:8.0.2', 'valkey/valkey:8.1'];

describe('a server that was told nothing has the defaults that we know', () => {
  let namespace = '';
  before(async () => {
    namespace = await createNamespace('defaults');
  });
  after(() => deleteNamespace(namespace));

  for (const image of IMAGES) {
    test(image, { timeout: LIMIT_MS }, async () => {
      const server = await createOutsideRedis(namespace, { port: 6379, image });
      const answer = (await server.call('CONFIG', 'GET', '*')).split('\n');
      const settings = new Map(
        answer.flatMap((name, index) => (index % 2 === 0 ? [[name, answer[index + 1] ?? '']] : [])),
      );
      const known = Object.keys(SERVER_DEFAULTS).map((name) => [name, settings.get(name)] as const);
      assert.deepEqual(Object.fromEntries(known), SERVER_DEFAULTS);
      await server.stop();
    });
  }
});
