/** Specs that are legal and cannot work, and how the failover must say so. */
import type { Condition } from 'kubernetes-types/meta/v1.js';
import type { Reason } from '../../../src/api/reasons.ts';
import { type Good, IMAGE } from './fields.ts';

/** What the failover says of it. */
export type Symptom = {
  readonly type: Condition['type'];
  readonly status: 'True' | 'False';
  readonly reason: Reason;
  /** Part of the message, that only this state causes. */
  readonly naming: string;
};

export type BrokenState = {
  readonly name: string;
  readonly set: object;
  readonly symptom: Symptom;
  /** The last good manifest; one without volumes if left out. Pods on volumes are rolled one by one, without one more meanwhile. */
  readonly good?: Good;
  readonly costSeconds: number;
};

/** No pod is replaced, or one has to be and cannot. */
const LIGHT_SECONDS = 5;
const HEAVY_SECONDS = 15;

const degraded = (reason: Reason, naming: string): Symptom => ({ type: 'Degraded', status: 'True', reason, naming });
const refusedObject = (naming: string): Symptom => ({ type: 'Ready', status: 'False', reason: 'ApplyFailed', naming });
const refusedLine = (naming: string): Symptom => ({
  type: 'ConfigApplied',
  status: 'False',
  reason: 'ConfigRefused',
  naming,
});

const NOWHERE = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'no-such-label', operator: 'Exists' }] }],
    },
  },
};
const FAILING = { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 };
const NO_IMAGE = 'redis:no-such-version';

type Component = 'redis' | 'sentinel';

/** What goes wrong with either component alike. */
const ofEither = (component: Component, pods: string): readonly BrokenState[] => {
  const state = (name: string, fields: object, symptom: Symptom): BrokenState => ({
    name: `${component}: ${name}`,
    set: { [component]: fields },
    symptom,
    good: component === 'redis' ? 'volume' : 'memory',
    costSeconds: HEAVY_SECONDS,
  });
  return [
    state('an affinity that no node has', { affinity: NOWHERE }, degraded('PodUnschedulable', pods)),
    state('an image that cannot be pulled', { image: NO_IMAGE }, degraded('ImageNotPulled', NO_IMAGE)),
    state(
      'a readiness probe that fails',
      { customReadinessProbe: FAILING },
      degraded('ProbeFailing', 'Readiness probe failed'),
    ),
    state('a command that ends', { command: ['false'] }, degraded('PodNotStarting', 'CrashLoopBackOff')),
    state('a command that does nothing', { command: ['sleep', '3600'] }, degraded('RedisUnreachable', 'refused')),
    state(
      'more CPU than any node has',
      { resources: { requests: { cpu: '1000' } } },
      degraded('PodUnschedulable', 'Insufficient cpu'),
    ),
    state(
      'a script that does not exist',
      { startupConfigMap: 'no-such-map' },
      degraded('PodNotStarting', 'no-such-map'),
    ),
    state(
      'a liveness probe that fails',
      { customLivenessProbe: FAILING },
      degraded('PodNotStarting', 'Liveness probe failed'),
    ),
    state(
      'a startup probe that fails',
      { customStartupProbe: FAILING },
      degraded('PodNotStarting', 'Startup probe failed'),
    ),
    state(
      'a node selector that no node has',
      { nodeSelector: { 'no-such': 'label' } },
      degraded('PodUnschedulable', pods),
    ),
    state(
      'a mount without its volume',
      { extraVolumeMounts: [{ name: 'none', mountPath: '/none' }] },
      refusedObject('volumeMounts'),
    ),
    state(
      'a priority class that does not exist',
      { priorityClassName: 'no-such-class' },
      degraded('PodNotCreated', 'no-such-class'),
    ),
    state(
      'a service account that does not exist',
      { serviceAccountName: 'no-such-account' },
      degraded('PodNotCreated', 'no-such-account'),
    ),
    state(
      'the network of the node, which the namespace forbids',
      { hostNetwork: true },
      degraded('PodNotCreated', 'hostNetwork'),
    ),
    state(
      'a volume that does not exist',
      {
        extraVolumes: [{ name: 'none', secret: { secretName: 'no-such-secret' } }],
        // One that no container mounts is not missed.
        extraVolumeMounts: [{ name: 'none', mountPath: '/none' }],
      },
      degraded('PodNotStarting', 'no-such-secret'),
    ),
    state(
      'an init container that fails',
      {
        initContainers: [
          {
            name: 'fails',
            image: IMAGE,
            command: ['false'],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
      degraded('PodNotStarting', 'container=fails'),
    ),
  ];
};

/** In the order in which they are swept: those first that every `make test` has. */
export const BROKEN_STATES: readonly BrokenState[] = [
  {
    name: 'a Secret that does not exist',
    set: { auth: { secretPath: 'no-such-secret' } },
    symptom: degraded('SecretMissing', 'no-such-secret'),
    costSeconds: LIGHT_SECONDS,
  },
  {
    name: 'redis: a line that Redis refuses',
    set: { redis: { customConfig: ['maxmemory-policy no-such-policy'] } },
    symptom: refusedLine('maxmemory-policy'),
    costSeconds: LIGHT_SECONDS,
  },
  {
    name: 'redis: a parameter that needs a restart',
    set: { redis: { customConfig: ['databases 32'] } },
    symptom: refusedLine('databases'),
    costSeconds: LIGHT_SECONDS,
  },
  {
    name: 'sentinel: a line that Sentinel refuses',
    set: { sentinel: { customConfig: ['parallel-syncs many'] } },
    symptom: refusedLine('parallel-syncs'),
    costSeconds: LIGHT_SECONDS,
  },
  ...ofEither('redis', 'rfr-'),
  ...ofEither('sentinel', 'rfs-'),
  {
    name: 'a Secret without a password',
    set: { auth: { secretPath: 'login-empty' } },
    symptom: degraded('SecretMissing', 'login-empty'),
    costSeconds: LIGHT_SECONDS,
  },
  {
    name: 'redis: a version that cannot read the data of the one that runs',
    set: { redis: { image: 'redis:7.0' } },
    symptom: degraded('PodNotStarting', 'CrashLoopBackOff'),
    good: 'volume',
    costSeconds: HEAVY_SECONDS,
  },
  {
    name: 'redis: a script for the end that does not exist',
    set: { redis: { shutdownConfigMap: 'no-such-map' } },
    symptom: degraded('PodNotStarting', 'no-such-map'),
    good: 'volume',
    costSeconds: HEAVY_SECONDS,
  },
];
