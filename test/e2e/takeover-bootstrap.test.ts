/** What spotahome/redis-operator left following a Redis outside goes on following, and takes over when it is told to. */
import assert from 'node:assert/strict';
import type { RedisFailover } from '../../src/api/types.ts';
import { changeSpec, failoverOf, waitReady } from './harness/failover.ts';
import { apply, kubectl } from './harness/kubectl.ts';
import { withoutOperator } from './harness/operator.ts';
import { createOutsideRedis } from './harness/outside-redis.ts';
import { identities, podsOf } from './harness/pods.ts';
import { inheritFollowers } from './harness/predecessor-state.ts';
import { redisCli } from './harness/redis-cli.ts';
import { testInNamespace } from './harness/suite.ts';
import { settled } from './harness/views.ts';

const IMAGE = 'redis:7.0.15';
const SIZES = { redis: 3, sentinel: 3 };
/** One for both, as spotahome's operator knows no other. */
const PASSWORD = 'correct-horse';

testInNamespace(
  'pods that follow a Redis outside are taken over as they are, and one is promoted when bootstrapNode is removed',
  'inherited',
  async (failover) => {
    const { namespace } = failover;
    // Pods that spotahome made are not admitted as restricted.
    await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce-']);
    const login = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { password: PASSWORD } };
    await apply(namespace, [login]);
    const outside = await createOutsideRedis(namespace, { port: 7000, password: PASSWORD, image: IMAGE });
    await outside.call('SET', 'owner', 'outside');
    const bootstrapNode = { host: outside.ip, port: '7000' };
    const manifest = failoverOf(failover, SIZES, {
      auth: { secretPath: 'login' },
      bootstrapNode,
      redis: { image: IMAGE },
      sentinel: { image: IMAGE },
    });
    await withoutOperator(() => inheritFollowers(manifest, { release: 'v1.2.4', password: PASSWORD }));
    const before = identities(await podsOf(failover, 'redis'));

    await waitReady(failover);
    assert.deepEqual(identities(await podsOf(failover, 'redis')), before);
    assert.equal(await outside.call('EVAL', LINKS, '0'), '3', 'the pods follow no more');

    await changeSpec(failover, withoutSource);
    const { master } = await settled(failover, SIZES);
    assert.deepEqual(identities(await podsOf(failover, 'redis')), before);
    assert.equal(await redisCli(failover, master.name, 'GET', 'owner'), 'outside');
  },
);

/** How many replicas the Redis outside has. */
const LINKS = "return redis.call('INFO', 'replication'):match('connected_slaves:(%d+)')";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a merge patch: null removes the field
const withoutSource = { bootstrapNode: null } as unknown as RedisFailover['spec'];
