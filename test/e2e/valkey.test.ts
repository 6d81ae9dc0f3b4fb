/** An image of Valkey that has none of the program names of Redis. */
import assert from 'node:assert/strict';
import { PLAIN_VALKEY } from '../../images/catalog.ts';
import { applyFailover, failoverOf } from './harness/failover.ts';
import { apply, exec } from './harness/kubectl.ts';
import { deletePods } from './harness/pods.ts';
import { redisCli } from './harness/redis-cli.ts';
import { testInNamespace } from './harness/suite.ts';
import { requireNothingLost, requireOldMasterFollows, underLoad } from './harness/under-load.ts';
import { settled } from './harness/views.ts';

const SIZES = { redis: 2, sentinel: 3 };
const IMAGE = `${PLAIN_VALKEY}:8.1`;
const LOGIN = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { password: 'secret' } };

const sentence = 'Valkey without the names of Redis starts with a password, and hands over when its pod is deleted';

testInNamespace(sentence, 'valkey', async (failover) => {
  const { namespace } = failover;
  await apply(namespace, [LOGIN]);
  const images = { redis: { image: IMAGE }, sentinel: { image: IMAGE } };
  await applyFailover(failoverOf(failover, SIZES, { ...images, auth: { secretPath: 'login' } }));
  const { master } = await settled(failover, SIZES);
  const names = await exec({ namespace, pod: master.name, container: 'redis' }, [
    'sh',
    '-c',
    'ls /usr/bin/redis-* || :',
  ]);
  assert.equal(names, '');
  assert.match(await redisCli(failover, master.name, 'INFO', 'server'), /^server_name:valkey/m);
  const outcome = await underLoad(failover, {
    sizes: SIZES,
    secret: 'login',
    disturb: (before) => deletePods(namespace, [before.master.name]),
  });
  requireNothingLost(outcome);
  requireOldMasterFollows(outcome);
});
