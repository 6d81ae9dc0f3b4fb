/** Fields of the spec whose effect shows only in running pods, all of them in one failover. */
import assert from 'node:assert/strict';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { RedisFailoverSpec } from '../../src/api/types.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, failoverOf } from './harness/failover.ts';
import { apply, exec, kubectl, kubectlJson } from './harness/kubectl.ts';
import { type FailoverKey, podsOf } from './harness/pods.ts';
import { redisCli } from './harness/redis-cli.ts';
import { testInNamespace } from './harness/suite.ts';
import { settled } from './harness/views.ts';

const SIZES = { redis: 2, sentinel: 1 };
const IMAGE = 'redis:8.0.2';
const RIGHTS = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const SIDE = 'trap exit TERM; redis-cli -p "$REDIS_PORT" PING >/extra/answer; while :; do sleep 0.2; done';

const configMap = (name: string, data: Readonly<Record<string, string>>): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

const SPEC: RedisFailoverSpec = {
  redis: {
    image: IMAGE,
    port: 7000,
    startupConfigMap: 'startup',
    shutdownConfigMap: 'shutdown',
    initContainers: [
      {
        name: 'first',
        image: IMAGE,
        command: ['sh', '-c', 'echo "$REDIS_PORT" >/extra/first'],
        securityContext: RIGHTS,
        volumeMounts: [{ name: 'extra', mountPath: '/extra' }],
      },
    ],
    extraContainers: [
      {
        name: 'side',
        image: IMAGE,
        command: ['sh', '-c', `until redis-cli -p "$REDIS_PORT" PING; do sleep 0.1; done; ${SIDE}`],
        securityContext: RIGHTS,
        volumeMounts: [{ name: 'extra', mountPath: '/extra' }],
      },
    ],
    extraVolumes: [{ name: 'extra', emptyDir: {} }],
    extraVolumeMounts: [{ name: 'extra', mountPath: '/extra' }],
    podAnnotations: { note: 'kept' },
    terminationGracePeriod: 45,
    customReadinessProbe: { exec: { command: ['sh', '-c', 'redis-cli -p "$REDIS_PORT" PING | grep PONG'] } },
  },
  sentinel: { image: IMAGE, customLivenessProbe: { tcpSocket: { port: 'sentinel' } } },
};

/** Reads a file that the user's containers or scripts wrote, in the Redis container. */
const fileOf = ({ namespace }: FailoverKey, pod: string, path: string): Promise<string> =>
  exec({ namespace, pod, container: 'redis' }, ['cat', path]);

testInNamespace('the user’s containers, scripts, volumes, probes and annotations work', 'fields', async (failover) => {
  const { namespace } = failover;
  await apply(namespace, [
    configMap('startup', { 'startup.sh': 'redis-cli -p "$REDIS_PORT" INFO server >/extra/started' }),
    configMap('shutdown', { 'shutdown.sh': 'redis-cli -p "$REDIS_PORT" SET stopped "$HOSTNAME"' }),
  ]);
  await applyFailover(failoverOf(failover, SIZES, SPEC));
  const { master, replicas } = await settled(failover, SIZES);

  assert.equal((await fileOf(failover, master.name, '/extra/first')).trim(), '7000');
  assert.match(await fileOf(failover, master.name, '/extra/answer'), /PONG/);
  assert.match(await fileOf(failover, master.name, '/extra/started'), /redis_version/);

  const pod = await kubectlJson<Pod>(['get', 'pod', master.name, '--namespace', namespace]);
  assert.equal(pod.metadata?.annotations?.['note'], 'kept');
  assert.equal(pod.spec?.terminationGracePeriodSeconds, 45);

  await kubectl(['delete', 'pod', master.name, '--namespace', namespace, '--wait=false']);
  await eventually('another pod is master', 60_000, async () => {
    const { master: now } = await settled(failover, SIZES);
    assert.notEqual(now.uid, master.uid);
  });
  // Written by the script of the old master after the hand-over: a replica refuses it.
  assert.match(await redisCli(failover, replicas[0]?.name ?? '', 'GET', 'stopped'), /^$/);

  const before = await podsOf(failover, 'redis');
  await changeSpec(failover, { redis: { serviceAnnotations: { note: 'x' }, disablePodDisruptionBudget: true } });
  await eventually('the budget is gone', 30_000, async () => {
    const left = await kubectl(['get', 'poddisruptionbudget', '--namespace', namespace, '-o', 'name']);
    assert.equal(left.trim(), '');
  });
  await settled(failover, SIZES);
  assert.deepEqual(
    (await podsOf(failover, 'redis')).map(({ uid }) => uid),
    before.map(({ uid }) => uid),
    'annotations of Services and budgets restart nothing',
  );
});
