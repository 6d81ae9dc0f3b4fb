import type { Container, EnvVar } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { type Component, SENTINEL_PORT } from '../../api/names.ts';
import { EXPORTER_IMAGE } from '../../api/pod-schema.ts';
import { restrictedRights } from './pod-defaults.ts';
import { redisEnvironment } from './redis-environment.ts';
import { sentinelLoginEnvironment } from './sentinel-secret.ts';

/** Where the sidecars serve metrics: the Redis exporter's own default, and spotahome's choice for the one of Sentinel. */
export const EXPORTER_PORTS = { redis: 9121, sentinel: 9355 } as const satisfies Record<Component, number>;

const RESOURCES = { requests: { cpu: '10m', memory: '50Mi' }, limits: { cpu: '1000m', memory: '100Mi' } };

/**
 * The sidecar for Prometheus, if it is asked for. Its variables come after the user's, in the order in which spotahome has
 * them; the password is only referred to. https://github.com/oliver006/redis_exporter#command-line-flags
 */
export const exporter = (failover: DefaultedFailover, component: Component): readonly Container[] => {
  const asked = failover.spec[component].exporter;
  if (asked?.enabled !== true) return [];
  return [
    {
      name: `${component}-exporter`,
      image: asked.image || EXPORTER_IMAGE,
      imagePullPolicy: asked.imagePullPolicy ?? 'IfNotPresent',
      ...(asked.args && { args: [...asked.args] }),
      env: [...(asked.env ?? []), POD_NAME, ...environment(failover, component)],
      ports: [{ name: 'metrics', containerPort: EXPORTER_PORTS[component], protocol: 'TCP' }],
      securityContext: asked.containerSecurityContext ?? restrictedRights(),
      resources: asked.resources ?? RESOURCES,
    },
  ];
};

const POD_NAME: EnvVar = { name: 'REDIS_ALIAS', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };

const environment = (failover: DefaultedFailover, component: Component): readonly EnvVar[] =>
  component === 'redis'
    ? redisEnvironment(failover)
    : [
        { name: 'REDIS_EXPORTER_WEB_LISTEN_ADDRESS', value: `0.0.0.0:${EXPORTER_PORTS.sentinel}` },
        { name: 'REDIS_ADDR', value: `redis://127.0.0.1:${SENTINEL_PORT}` },
        ...sentinelLoginEnvironment(failover),
      ];
