import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from './decide.ts';
import { AT, FORGETFUL, observation, redisPod, sentinelPod, unreachable } from './fixtures.ts';
import type { KubeWarning, Observation } from './observation.ts';

const warning = (reason: string, change: Partial<KubeWarning> = {}): KubeWarning => ({
  reason,
  message: `of ${reason}`,
  at: AT - 1_000,
  latest: true,
  ...change,
});

const REDIS = redisPod(1, { ready: false });
const SENTINEL = sentinelPod(1, { ready: false });
const creating = redisPod(1, {
  ready: false,
  container: { kind: 'waiting', reason: 'ContainerCreating', message: '' },
});
const crashing = redisPod(1, {
  ready: false,
  container: { kind: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off' },
});

const redis = (pod: typeof REDIS, warned: KubeWarning): Observation =>
  observation({ redis: [redisPod(0), pod, redisPod(2)], warnings: new Map([[pod.uid, warned]]) });
const sentinel = (pod: typeof SENTINEL, warned: KubeWarning): Observation =>
  observation({ sentinels: [sentinelPod(0), pod, sentinelPod(2)], warnings: new Map([[pod.uid, warned]]) });
const ofSet = (warned: KubeWarning, pods: readonly number[]): Observation =>
  observation({ redis: pods.map((ordinal) => redisPod(ordinal)), warnings: new Map([['set-uid', warned]]) });
const withDeployment = (status: string): Observation => {
  const { children } = observation();
  const conditions = [{ type: 'ReplicaFailure', status, reason: 'FailedCreate', message: 'no account' }];
  const deployment = { metadata: { name: 'rfs-test' }, status: { updatedReplicas: 3, conditions } };
  return observation({ children: { ...children, deployment } });
};

const ROWS: Readonly<Record<string, readonly [Observation, string | undefined]>> = {
  'a volume that cannot be mounted': [
    redis(creating, warning('FailedMount')),
    'PodNotStarting rfr-test-1: FailedMount: of FailedMount',
  ],
  'nothing, where the pod goes on since': [redis(creating, warning('FailedMount', { latest: false })), undefined],
  'nothing of a pod that is new': [redis({ ...creating, createdAt: AT - 4_000 }, warning('FailedMount')), undefined],
  'a probe that ends a container again and again': [
    redis(crashing, warning('Unhealthy')),
    'PodNotStarting rfr-test-1: CrashLoopBackOff: back-off; of Unhealthy',
  ],
  'a readiness probe of Redis': [
    redis(REDIS, warning('Unhealthy', { latest: false })),
    'ProbeFailing rfr-test-1: of Unhealthy',
  ],
  'a readiness probe of a Sentinel': [
    sentinel(SENTINEL, warning('Unhealthy')),
    'ProbeFailing rfs-test-1: of Unhealthy',
  ],
  'nothing of a probe long ago': [redis(REDIS, warning('Unhealthy', { at: AT - 400_000 })), undefined],
  'nothing of a probe of a container that just started': [
    redis({ ...REDIS, container: { kind: 'running', startedAt: AT - 9_000 } }, warning('Unhealthy')),
    undefined,
  ],
  'nothing of a probe of a Redis that loads': [
    redis(redisPod(1, { ready: false, answer: { loading: true } }), warning('Unhealthy')),
    undefined,
  ],
  'nothing of a probe of a Sentinel that nobody told the master': [
    sentinel(sentinelPod(1, { ready: false, answer: FORGETFUL }), warning('Unhealthy')),
    undefined,
  ],
  'a process that does not answer, with its probe': [
    redis(redisPod(1, { ready: false, answer: unreachable('refused') }), warning('Unhealthy')),
    'RedisUnreachable rfr-test-1 does not answer: refused; of Unhealthy',
  ],
  'a StatefulSet that gets no pod': [
    ofSet(warning('FailedCreate'), [0, 1]),
    'PodNotCreated StatefulSet rfr-test: FailedCreate: of FailedCreate',
  ],
  'nothing of a StatefulSet that got its pods since': [ofSet(warning('FailedCreate'), [0, 1, 2]), undefined],
  'a Deployment that gets no pod': [
    withDeployment('True'),
    'PodNotCreated Deployment rfs-test: FailedCreate: no account',
  ],
  'nothing of a Deployment that got its pods since': [withDeployment('False'), undefined],
};

describe('what Kubernetes says of pods becomes a problem:', () => {
  for (const [name, [seen, expected]] of Object.entries(ROWS)) {
    test(name, () => {
      const [problem] = decide(seen).plan.problems;
      assert.equal(problem && `${problem.reason} ${problem.message}`, expected);
    });
  }

  test('pods that are to come or to become ready are looked at again soon', () => {
    for (const pods of [
      [redisPod(0), REDIS, redisPod(2)],
      [redisPod(0), redisPod(1, { ready: false, createdAt: AT }), redisPod(2)],
      [redisPod(0), redisPod(1)],
    ])
      assert.ok((decide(observation({ redis: pods })).plan.recheckMs ?? Infinity) <= 5_000);
  });
});
