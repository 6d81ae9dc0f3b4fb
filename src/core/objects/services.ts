/** The Services of a failover. https://kubernetes.io/docs/concepts/services-networking/service/ */
import type { Service, ServicePort } from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import {
  masterServiceName,
  memberLabels,
  ROLE_LABEL,
  type RoleLabel,
  redisName,
  replicasServiceName,
  SENTINEL_PORT,
  sentinelName,
} from '../../api/names.ts';
import { EXPORTER_PORTS } from './exporter.ts';
import { childMetadata } from './metadata.ts';

/** Headless Service `rfr-NAME`: gives every Redis pod a stable name, ready or not, as the StatefulSet's `serviceName`. */
export const headlessService = (failover: DefaultedFailover): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...childMetadata(failover, { name: redisName(failover.metadata.name), component: 'redis' }),
    ...annotations({ ...scrapeAnnotations(failover), ...failover.spec.redis.serviceAnnotations }),
  },
  spec: {
    type: 'ClusterIP',
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    selector: memberLabels(failover.metadata.name, 'redis'),
    ports: [redisPort(failover), ...(hasExporter(failover) ? [METRICS_PORT] : [])],
  },
});

const hasExporter = ({ spec }: DefaultedFailover): boolean => spec.redis.exporter?.enabled === true;

const METRICS_PORT: ServicePort = {
  name: 'http-metrics',
  port: EXPORTER_PORTS.redis,
  targetPort: EXPORTER_PORTS.redis,
  protocol: 'TCP',
};

/** spotahome wrote the word `http` for the port, which no scraper understands. */
const scrapeAnnotations = (failover: DefaultedFailover): Readonly<Record<string, string>> =>
  hasExporter(failover)
    ? {
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': String(EXPORTER_PORTS.redis),
        'prometheus.io/path': '/metrics',
      }
    : {};

const annotations = (all: Readonly<Record<string, string>> = {}): Pick<ObjectMeta, 'annotations'> =>
  Object.keys(all).length > 0 ? { annotations: { ...all } } : {};

/** Service `rfs-NAME`: where Sentinel-aware clients ask for the master. */
export const sentinelService = (failover: DefaultedFailover): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...childMetadata(failover, { name: sentinelName(failover.metadata.name), component: 'sentinel' }),
    ...annotations(failover.spec.sentinel.serviceAnnotations),
  },
  spec: {
    type: 'ClusterIP',
    selector: memberLabels(failover.metadata.name, 'sentinel'),
    ports: [{ name: 'sentinel', port: SENTINEL_PORT, targetPort: SENTINEL_PORT, protocol: 'TCP' }],
  },
});

/**
 * Service `rfrm-NAME`: the master, for clients without Sentinel support. It selects the pod by its role label, or by its name
 * while the labels move from one pod to another: that is one write instead of two. The pod stays in the Service when it is
 * not ready: who is master is the operator's to say, and where a Service has no pod the kernel answers a few dials with a
 * refusal and lets the others wait.
 */
export const masterService = (failover: DefaultedFailover, pinnedTo?: string): Service => {
  const { spec, ...service } = roleService(failover, {
    name: masterServiceName(failover.metadata.name),
    role: 'master',
  });
  const pin = pinnedTo !== undefined && {
    selector: { ...memberLabels(failover.metadata.name, 'redis'), [POD_NAME_LABEL]: pinnedTo },
  };
  return { ...service, spec: { ...spec, publishNotReadyAddresses: true, ...pin } };
};

/** On every pod of a StatefulSet. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-name-label */
export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';

/** Service `rfrs-NAME`: the replicas. */
export const replicasService = (failover: DefaultedFailover): Service =>
  roleService(failover, { name: replicasServiceName(failover.metadata.name), role: 'slave' });

const roleService = (failover: DefaultedFailover, { name, role }: { name: string; role: RoleLabel }): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...childMetadata(failover, { name, component: 'redis', labels: { [ROLE_LABEL]: role } }),
    ...annotations(failover.spec.redis.serviceAnnotations),
  },
  spec: {
    type: 'ClusterIP',
    selector: { ...memberLabels(failover.metadata.name, 'redis'), [ROLE_LABEL]: role },
    ports: [redisPort(failover)],
  },
});

const redisPort = ({ spec }: DefaultedFailover) => ({
  name: 'redis',
  port: spec.redis.port,
  targetPort: 'redis',
  protocol: 'TCP',
});
