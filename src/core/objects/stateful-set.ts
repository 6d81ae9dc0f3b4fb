import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Container, EnvVar, PodSpec, PodTemplateSpec, Volume } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import {
  componentLabels,
  ROLE_LABEL,
  readinessName,
  redisName,
  SURGE_ANNOTATION,
  selectorLabels,
  shutdownName,
} from '../../api/names.ts';
import { keepsDivergent } from '../keeping.ts';
import { claimTemplates, DATA_VOLUME } from './claims.ts';
import { withInternalSecret } from './internal-secret.ts';
import { withRightTemplate } from './kept-template.ts';
import { LOGIN_DIRECTORY } from './login-secret.ts';
import { childMetadata } from './metadata.ts';
import { containerDefaults, podDefaults } from './pod-defaults.ts';
import { CONFIG_KEY, CONFIG_WITH_LOGIN_KEY, DIVERGENT_DATA_VARIABLE, START_REDIS_KEY } from './redis-config.ts';
import { REDIS_PROBE_DIRECTORY, redisProbes } from './redis-probes.ts';
import { SHUTDOWN_DIRECTORY, SHUTDOWN_KEY } from './shutdown-script.ts';

const CONFIG_DIRECTORY = '/redis';
const CONFIG_FILE = 'redis.conf';
const SCRIPT_MODE = 0o744;
const SECRET_MODE = 0o440;

type Options = {
  readonly redisReplicas: number;
  /** One of them is there only for the time of a roll. */
  readonly surge?: boolean;
  /** Its claim templates are immutable, so they stay as they are. Undefined while there is none. */
  readonly liveStatefulSet?: StatefulSet;
  /** Whether pods get the failover's internal credentials; left out, they do not. */
  readonly mountsInternal?: boolean;
};

/**
 * StatefulSet `rfr-NAME`. The operator itself replaces pods after a change (`OnDelete`), because only it knows who is master.
 * The template depends on nothing but what needs new pods. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */
export const redisStatefulSet = (
  failover: DefaultedFailover,
  { redisReplicas, surge, liveStatefulSet, mountsInternal }: Options,
): StatefulSet => {
  const name = redisName(failover.metadata.name);
  const claims = [...(liveStatefulSet ? (liveStatefulSet.spec?.volumeClaimTemplates ?? []) : claimTemplates(failover))];
  const template = podTemplate(failover, claims[0]?.metadata?.name);
  const desired: StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      ...childMetadata(failover, { name, component: 'redis', labels: { [ROLE_LABEL]: 'slave' } }),
      ...(surge && { annotations: { [SURGE_ANNOTATION]: 'true' } }),
    },
    spec: {
      serviceName: name,
      replicas: redisReplicas,
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'OnDelete' },
      selector: { matchLabels: selectorLabels(failover.metadata.name, 'redis') },
      template: mountsInternal === true ? withInternalSecret(template, failover.metadata.name) : template,
      ...(claims.length > 0 && { volumeClaimTemplates: claims }),
    },
  };
  return withRightTemplate(desired, liveStatefulSet, { failover, component: 'redis' });
};

const podTemplate = (failover: DefaultedFailover, claimName: string | undefined): PodTemplateSpec => ({
  metadata: { labels: { ...componentLabels(failover.metadata.name, 'redis'), [ROLE_LABEL]: 'slave' } },
  spec: podSpec(failover, claimName),
});

const podSpec = (failover: DefaultedFailover, claimName: string | undefined): PodSpec => ({
  ...podDefaults(failover, 'redis'),
  terminationGracePeriodSeconds: 30,
  containers: [redisContainer(failover, claimName ?? DATA_VOLUME)],
  volumes: [
    ...configVolumes(failover),
    ...(claimName === undefined ? [{ name: DATA_VOLUME, emptyDir: { ...failover.spec.redis.storage.emptyDir } }] : []),
  ],
});

const redisContainer = (failover: DefaultedFailover, dataVolume: string): Container => ({
  name: 'redis',
  ...containerDefaults(failover, 'redis'),
  command: ['/bin/sh', `${CONFIG_DIRECTORY}/${START_REDIS_KEY}`],
  ports: [{ name: 'redis', containerPort: failover.spec.redis.port, protocol: 'TCP' }],
  env: environment(failover),
  volumeMounts: [
    { name: 'redis-config', mountPath: CONFIG_DIRECTORY },
    { name: 'redis-shutdown-config', mountPath: SHUTDOWN_DIRECTORY },
    { name: 'redis-readiness-config', mountPath: REDIS_PROBE_DIRECTORY },
    { name: dataVolume, mountPath: '/data' },
    ...(hasLogin(failover) ? [{ name: 'redis-login', mountPath: LOGIN_DIRECTORY, readOnly: true }] : []),
  ],
  lifecycle: { preStop: { exec: { command: ['/bin/sh', `${SHUTDOWN_DIRECTORY}/${SHUTDOWN_KEY}`] } } },
  ...redisProbes(),
});

/** spotahome's variables in its order: sidecars and users' scripts read them. */
const environment = ({ spec }: DefaultedFailover): EnvVar[] => [
  { name: 'REDIS_ADDR', value: `redis://127.0.0.1:${spec.redis.port}` },
  { name: 'REDIS_PORT', value: String(spec.redis.port) },
  { name: 'REDIS_USER', value: 'default' },
  ...(spec.auth?.secretPath
    ? [{ name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: spec.auth.secretPath, key: 'password' } } }]
    : []),
  ...(keepsDivergent(spec.redis) ? [{ name: DIVERGENT_DATA_VARIABLE, value: spec.redis.divergentData }] : []),
];

const configVolumes = (failover: DefaultedFailover): Volume[] => {
  const { name } = failover.metadata;
  const config = hasLogin(failover) ? CONFIG_WITH_LOGIN_KEY : CONFIG_KEY;
  return [
    {
      name: 'redis-config',
      configMap: {
        name: redisName(name),
        items: [
          { key: config, path: CONFIG_FILE },
          { key: START_REDIS_KEY, path: START_REDIS_KEY },
        ],
      },
    },
    { name: 'redis-shutdown-config', configMap: { name: shutdownName(name), defaultMode: SCRIPT_MODE } },
    { name: 'redis-readiness-config', configMap: { name: readinessName(name), defaultMode: SCRIPT_MODE } },
    ...(hasLogin(failover)
      ? [{ name: 'redis-login', secret: { secretName: redisName(name), defaultMode: SECRET_MODE } }]
      : []),
  ];
};

const hasLogin = ({ spec }: DefaultedFailover): boolean => Boolean(spec.auth?.secretPath);
