import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Container, EnvVar, PodSpec, PodTemplateSpec, Volume, VolumeMount } from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
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
import { startAnnotation } from './boot-config.ts';
import { claimTemplates, DATA_VOLUME } from './claims.ts';
import { renameAnnotation } from './command-renames.ts';
import { exporter } from './exporter.ts';
import { withInternalSecret } from './internal-secret.ts';
import { withRightTemplate } from './kept-template.ts';
import { LOGIN_DIRECTORY } from './login-secret.ts';
import { childMetadata } from './metadata.ts';
import { containerDefaults, podDefaults, probes } from './pod-defaults.ts';
import { CONFIG_KEY, CONFIG_WITH_LOGIN_KEY, DIVERGENT_DATA_VARIABLE, START_REDIS_KEY } from './redis-config.ts';
import { redisEnvironment } from './redis-environment.ts';
import { REDIS_PROBE_DIRECTORY, redisProbes, STARTUP_DIRECTORY } from './redis-probes.ts';
import { sentinelLoginMount, sentinelPasswordVolume } from './sentinel-secret.ts';
import { SHUTDOWN_DIRECTORY, SHUTDOWN_KEY } from './shutdown-script.ts';

const CONFIG_DIRECTORY = '/redis';
const CONFIG_FILE = 'redis.conf';
const STARTUP_VOLUME = 'redis-startup-config';
const OWN_SHUTDOWN_VOLUME = 'redis-operator-shutdown-config';
const OWN_SHUTDOWN_DIRECTORY = '/redis-operator-shutdown';
const GRACE_SECONDS = 30;
const SCRIPT_MODE = 0o744;
const SECRET_MODE = 0o440;

/** What the annotation says of one Redis more for a roll: it is one of the replicas, or no node has room for it. */
export type Surge = 'true' | 'no-room';

type Options = {
  readonly redisReplicas: number;
  /** Undefined without a roll that needs one Redis more. */
  readonly surge?: Surge | undefined;
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
      ...(surge !== undefined && { annotations: { [SURGE_ANNOTATION]: surge } }),
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
  metadata: {
    labels: { ...componentLabels(failover.metadata.name, 'redis'), [ROLE_LABEL]: 'slave' },
    ...annotations({
      ...failover.spec.redis.podAnnotations,
      ...renameAnnotation(failover),
      ...startAnnotation(failover),
    }),
  },
  spec: podSpec(failover, claimName),
});

const podSpec = (failover: DefaultedFailover, claimName: string | undefined): PodSpec => ({
  ...podDefaults(failover, 'redis'),
  terminationGracePeriodSeconds: failover.spec.redis.terminationGracePeriod || GRACE_SECONDS,
  ...initContainers(failover),
  containers: [
    redisContainer(failover, claimName ?? DATA_VOLUME),
    ...exporter(failover, 'redis'),
    ...withEnvironment(failover, failover.spec.redis.extraContainers),
  ],
  volumes: [
    ...configVolumes(failover),
    ...(claimName === undefined ? [{ name: DATA_VOLUME, emptyDir: { ...failover.spec.redis.storage.emptyDir } }] : []),
  ],
});

const redisContainer = (failover: DefaultedFailover, dataVolume: string): Container => ({
  name: 'redis',
  ...containerDefaults(failover, 'redis'),
  command: [...(failover.spec.redis.command ?? ['/bin/sh', `${CONFIG_DIRECTORY}/${START_REDIS_KEY}`])],
  ports: [{ name: 'redis', containerPort: failover.spec.redis.port, protocol: 'TCP' }],
  env: [...redisEnvironment(failover), ...divergentDataVariable(failover)],
  volumeMounts: [
    { name: 'redis-config', mountPath: CONFIG_DIRECTORY },
    { name: 'redis-shutdown-config', mountPath: SHUTDOWN_DIRECTORY },
    { name: 'redis-readiness-config', mountPath: REDIS_PROBE_DIRECTORY },
    { name: dataVolume, mountPath: '/data' },
    ...(hasLogin(failover) ? [{ name: 'redis-login', mountPath: LOGIN_DIRECTORY, readOnly: true }] : []),
    ...sentinelLoginMount(failover),
    ...userScriptMounts(failover),
    ...(failover.spec.redis.extraVolumeMounts ?? []),
  ],
  lifecycle: { preStop: { exec: { command: [...stopCommand(failover)] } } },
  ...probes(redisProbes(failover.spec.redis.startupConfigMap), failover, 'redis'),
});

/** For the start script, and so that a change of the field gives new pods. */
const divergentDataVariable = ({ spec: { redis } }: DefaultedFailover): EnvVar[] =>
  keepsDivergent(redis) ? [{ name: DIVERGENT_DATA_VARIABLE, value: redis.divergentData }] : [];

const initContainers = (failover: DefaultedFailover): Pick<PodSpec, 'initContainers'> => {
  const asked = withEnvironment(failover, failover.spec.redis.initContainers);
  return asked.length > 0 ? { initContainers: asked } : {};
};

/** The user's containers, with what they may want to know of Redis after their own variables. */
const withEnvironment = (failover: DefaultedFailover, containers: readonly Container[] = []): Container[] =>
  containers.map((one) => ({ ...one, env: [...(one.env ?? []), ...redisEnvironment(failover)] }));

/** The user's script has the place that it had with spotahome; ours goes first, so that no master is stopped with writes. */
const stopCommand = ({ spec }: DefaultedFailover): readonly string[] => {
  const users = `${SHUTDOWN_DIRECTORY}/${SHUTDOWN_KEY}`;
  return spec.redis.shutdownConfigMap
    ? ['/bin/sh', '-c', `/bin/sh ${OWN_SHUTDOWN_DIRECTORY}/${SHUTDOWN_KEY}; exec /bin/sh ${users}`]
    : ['/bin/sh', users];
};

const userScriptMounts = ({ spec }: DefaultedFailover): readonly VolumeMount[] => [
  ...(spec.redis.startupConfigMap ? [{ name: STARTUP_VOLUME, mountPath: STARTUP_DIRECTORY }] : []),
  ...(spec.redis.shutdownConfigMap ? [{ name: OWN_SHUTDOWN_VOLUME, mountPath: OWN_SHUTDOWN_DIRECTORY }] : []),
];

const annotations = (all: Readonly<Record<string, string>>): Pick<ObjectMeta, 'annotations'> =>
  Object.keys(all).length > 0 ? { annotations: { ...all } } : {};

const configVolumes = (failover: DefaultedFailover): Volume[] => {
  const { name } = failover.metadata;
  const { shutdownConfigMap: shutdown, startupConfigMap: startup, extraVolumes = [] } = failover.spec.redis;
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
    { name: 'redis-shutdown-config', configMap: { name: shutdown || shutdownName(name), defaultMode: SCRIPT_MODE } },
    { name: 'redis-readiness-config', configMap: { name: readinessName(name), defaultMode: SCRIPT_MODE } },
    ...(hasLogin(failover)
      ? [{ name: 'redis-login', secret: { secretName: redisName(name), defaultMode: SECRET_MODE } }]
      : []),
    ...sentinelPasswordVolume(failover),
    ...(startup ? [{ name: STARTUP_VOLUME, configMap: { name: startup, defaultMode: SCRIPT_MODE } }] : []),
    ...(shutdown
      ? [{ name: OWN_SHUTDOWN_VOLUME, configMap: { name: shutdownName(name), defaultMode: SCRIPT_MODE } }]
      : []),
    ...extraVolumes,
  ];
};

const hasLogin = ({ spec }: DefaultedFailover): boolean => Boolean(spec.auth?.secretPath);
