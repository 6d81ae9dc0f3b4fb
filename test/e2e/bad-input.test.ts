/** What only shows at run time becomes a condition that names it, stops nothing else, and can be mended. */
import assert from 'node:assert/strict';
import type { Condition } from 'kubernetes-types/meta/v1.js';
import type { Reason } from '../../src/api/reasons.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, failoverOf, getFailover, requireCondition } from './harness/failover.ts';
import { exec, kubectl } from './harness/kubectl.ts';
import { deletePods, type FailoverKey } from './harness/pods.ts';
import { redisCli } from './harness/redis-cli.ts';
import { testInNamespace } from './harness/suite.ts';
import { requireOldMasterFollows, underLoad } from './harness/under-load.ts';
import { settled } from './harness/views.ts';

const SMALL = { redis: 2, sentinel: 3 };
const SINGLE = { redis: 1, sentinel: 1 };
const SECRET = 'redis-login';
const BAD_LINE = 'maxmemory-policy no-such-policy';

testInNamespace(
  'a missing Secret is named; once it exists Redis starts with its password and fails over',
  'secret',
  async (failover) => {
    await applyFailover(failoverOf(failover, SMALL, { auth: { secretPath: SECRET } }));
    await untilNamed(failover, { type: 'Degraded', status: 'True', reason: 'SecretMissing', naming: SECRET });
    const create = ['create', 'secret', 'generic', SECRET, '--from-literal=password=correct horse'];
    await kubectl([...create, '--namespace', failover.namespace]);
    const { master } = await settled(failover, SMALL);
    const withoutPassword = ['sh', '-c', 'redis-cli -p "$REDIS_PORT" PING 2>&1'];
    assert.match(
      await exec({ namespace: failover.namespace, pod: master.name, container: 'redis' }, withoutPassword),
      /NOAUTH/,
    );
    const outcome = await underLoad(failover, {
      sizes: SMALL,
      secret: SECRET,
      disturb: (before) => deletePods(failover.namespace, [before.master.name], { graceSeconds: 0 }),
    });
    requireOldMasterFollows(outcome);
  },
);

testInNamespace(
  'a line of customConfig that Redis refuses is named; the other lines and the failover work',
  'config',
  async (failover) => {
    await applyFailover(failoverOf(failover, SINGLE, { redis: { customConfig: [BAD_LINE, 'maxmemory 64mb'] } }));
    await untilNamed(failover, {
      type: 'ConfigApplied',
      status: 'False',
      reason: 'ConfigRefused',
      naming: 'maxmemory-policy',
    });
    const { master } = await settled(failover, SINGLE);
    assert.equal(await redisCli(failover, master.name, 'CONFIG', 'GET', 'maxmemory'), 'maxmemory\n67108864');
    await changeSpec(failover, { redis: { customConfig: ['maxmemory-policy allkeys-lru', 'maxmemory 64mb'] } });
    await untilNamed(failover, { type: 'ConfigApplied', status: 'True', reason: 'Healthy', naming: '' });
    assert.equal(
      await redisCli(failover, master.name, 'CONFIG', 'GET', 'maxmemory-policy'),
      'maxmemory-policy\nallkeys-lru',
    );
  },
);

testInNamespace(
  'an image that cannot be pulled is named from the start and can be mended',
  'image',
  async (failover) => {
    const image = 'redis:no-such-version';
    await applyFailover(failoverOf(failover, SINGLE, { sentinel: { image } }));
    await untilNamed(failover, { type: 'Degraded', status: 'True', reason: 'ImageNotPulled', naming: image });
    await changeSpec(failover, { sentinel: { image: 'redis:8.0.2' } });
    await settled(failover, SINGLE);
  },
);

type Named = Pick<Condition, 'type'> & {
  readonly status: 'True' | 'False';
  readonly reason: Reason;
  /** Part of the message. */
  readonly naming: string;
};

const untilNamed = (failover: FailoverKey, { type, status, reason, naming }: Named): Promise<void> =>
  eventually(`${type} is ${status} because of ${reason} and names "${naming}"`, 120_000, async () => {
    const condition = requireCondition(await getFailover(failover), type, status);
    assert.equal(condition.reason, reason, condition.message);
    assert.ok(condition.message.includes(naming), condition.message);
  });
