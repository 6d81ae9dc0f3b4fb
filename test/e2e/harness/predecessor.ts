/**
 * What spotahome/redis-operator leaves in a cluster, object by object and field by field, as versions 1.2.4 and 1.3.0-rc1
 * write it; and the state of the Redis and Sentinel processes that it brings about.
 * https://github.com/spotahome/redis-operator/blob/v1.2.4/operator/redisfailover/service/generator.go
 */
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type {
  ConfigMap,
  Container,
  EnvVar,
  PodTemplateSpec,
  Probe,
  Service,
  Volume,
} from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import type { RedisFailover } from '../../../src/api/types.ts';
import type { KubeObject } from '../../../src/ports.ts';

export type Release = 'v1.2.4' | 'v1.3.0-rc1';

export type PredecessorOptions = {
  readonly release: Release;
  readonly password?: string;
};
type Component = 'redis' | 'sentinel';
type Labels = Record<string, string>;

/** Every object of a failover that has been applied, which gives them their owner. */
export const predecessorObjects = (failover: RedisFailover, options: PredecessorOptions): readonly KubeObject[] => [
  ...(failover.spec.redis?.exporter?.enabled ? [metricsService(failover)] : []),
  sentinelService(failover),
  sentinelConfig(failover),
  ...(options.release === 'v1.2.4' ? [] : [roleService(failover, 'master'), roleService(failover, 'slave')]),
  shutdownConfig(failover),
  readinessConfig(failover),
  redisConfig(failover, options),
  budget(failover, 'redis'),
  statefulSet(failover, options),
  budget(failover, 'sentinel'),
  deployment(failover, options),
];

const nameOf = ({ metadata }: RedisFailover): string => metadata.name ?? '';
const portOf = ({ spec }: RedisFailover): number => spec.redis?.port ?? 6379;

const selectorOf = (failover: RedisFailover, component: Component): Labels => ({
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/name': nameOf(failover),
  'app.kubernetes.io/part-of': 'redis-failover',
});

const ROLE = 'redisfailovers-role';

/** Its expressions are not anchored; without any, every label is inherited. */
const inheritedLabels = ({ metadata, spec }: RedisFailover): Labels => {
  const expressions = (spec.labelWhitelist ?? []).map((expression) => new RegExp(expression));
  const all = Object.entries(metadata.labels ?? {});
  return Object.fromEntries(
    all.filter(([key]) => expressions.length === 0 || expressions.some((one) => one.test(key))),
  );
};

/** The operator's labels, those of the RedisFailover, the selector's. */
const labelsOf = (failover: RedisFailover, component: Component, role?: string): Labels => ({
  'app.kubernetes.io/managed-by': 'redis-operator',
  'redisfailovers.databases.spotahome.com/name': nameOf(failover),
  ...inheritedLabels(failover),
  ...selectorOf(failover, component),
  ...(role !== undefined && { [ROLE]: role }),
});

const ownersOf = ({ metadata }: RedisFailover): NonNullable<ObjectMeta['ownerReferences']> => [
  {
    apiVersion: 'databases.spotahome.com/v1',
    kind: 'RedisFailover',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  },
];

const metadata = (
  failover: RedisFailover,
  { name, component, role }: { readonly name: string; readonly component: Component; readonly role?: string },
): ObjectMeta => ({
  name,
  namespace: failover.metadata.namespace ?? '',
  labels: labelsOf(failover, component, role),
  ownerReferences: ownersOf(failover),
});

const metricsService = (failover: RedisFailover): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...metadata(failover, { name: `rfr-${nameOf(failover)}`, component: 'redis' }),
    annotations: {
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': 'http',
      'prometheus.io/path': '/metrics',
    },
  },
  spec: {
    type: 'ClusterIP',
    clusterIP: 'None',
    ports: [{ name: 'http-metrics', port: 9121, protocol: 'TCP' }],
    selector: selectorOf(failover, 'redis'),
  },
});

const sentinelService = (failover: RedisFailover): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(failover, { name: `rfs-${nameOf(failover)}`, component: 'sentinel' }),
  spec: {
    selector: selectorOf(failover, 'sentinel'),
    ports: [{ name: 'sentinel', port: 26379, targetPort: 26379, protocol: 'TCP' }],
  },
});

const roleService = (failover: RedisFailover, role: 'master' | 'slave'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(failover, {
    name: `${role === 'master' ? 'rfrm' : 'rfrs'}-${nameOf(failover)}`,
    component: 'redis',
    role,
  }),
  spec: {
    type: 'ClusterIP',
    selector: { ...selectorOf(failover, 'redis'), [ROLE]: role },
    ports: [{ name: 'redis', port: portOf(failover), targetPort: 'redis', protocol: 'TCP' }],
  },
});

const configMap = (
  failover: RedisFailover,
  { name, component, data }: { readonly name: string; readonly component: Component; readonly data: Labels },
): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(failover, { name, component }), data });

const sentinelConfig = (failover: RedisFailover): ConfigMap =>
  configMap(failover, {
    name: `rfs-${nameOf(failover)}`,
    component: 'sentinel',
    data: {
      'sentinel.conf': [
        `sentinel monitor mymaster 127.0.0.1 ${portOf(failover)} 2`,
        'sentinel down-after-milliseconds mymaster 1000',
        'sentinel failover-timeout mymaster 3000',
        'sentinel parallel-syncs mymaster 2',
      ].join('\n'),
    },
  });

const redisConfig = (failover: RedisFailover, { password }: PredecessorOptions): ConfigMap =>
  configMap(failover, {
    name: `rfr-${nameOf(failover)}`,
    component: 'redis',
    data: {
      'redis.conf': [
        `slaveof 127.0.0.1 ${portOf(failover)}`,
        `port ${portOf(failover)}`,
        'tcp-keepalive 60',
        'save 900 1',
        'save 300 10',
        'user pinger -@all +ping on >pingpass',
        '',
        ...(password === undefined ? [] : [`masterauth ${password}`, `requirepass ${password}`]),
      ].join('\n'),
    },
  });

const shutdownConfig = (failover: RedisFailover): ConfigMap => {
  const variable = `RFS_${nameOf(failover).toUpperCase().replaceAll('-', '_')}_SERVICE`;
  const sentinel = `redis-cli -h \${${variable}_HOST} -p \${${variable}_PORT_SENTINEL}`;
  return configMap(failover, {
    name: `rfr-s-${nameOf(failover)}`,
    component: 'redis',
    data: {
      'shutdown.sh': `master=$(${sentinel} --csv SENTINEL get-master-addr-by-name mymaster | tr ',' ' ' | tr -d '\\"' | cut -d' ' -f1)
if [ "$master" = "$(hostname -i)" ]; then
  ${sentinel} SENTINEL failover mymaster
  sleep 31
fi
cmd="redis-cli -p ${portOf(failover)}"
if [ ! -z "\${REDIS_PASSWORD}" ]; then
  export REDISCLI_AUTH=\${REDIS_PASSWORD}
fi
save_command="\${cmd} save"
eval $save_command
`,
    },
  });
};

const readinessConfig = (failover: RedisFailover): ConfigMap =>
  configMap(failover, {
    name: `rfr-readiness-${nameOf(failover)}`,
    component: 'redis',
    data: {
      'ready.sh': `cmd="redis-cli -p ${portOf(failover)}"
if [ ! -z "\${REDIS_PASSWORD}" ]; then
  export REDISCLI_AUTH=\${REDIS_PASSWORD}
fi
info=$(\${cmd} info replication)
case $info in
  *role:master*) exit 0 ;;
  *master_sync_in_progress:1*) exit 1 ;;
  *master_host:127.0.0.1*) exit 1 ;;
  *role:slave*) exit 0 ;;
esac
exit 1
`,
    },
  });

/** It selects by all labels, and counts Redis also for the Sentinels. */
const budget = (failover: RedisFailover, component: Component): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: metadata(failover, { name: `${prefixOf(component)}-${nameOf(failover)}`, component }),
  spec: {
    minAvailable: (failover.spec.redis?.replicas ?? 3) > 2 ? 2 : 1,
    selector: { matchLabels: labelsOf(failover, component) },
  },
});

const prefixOf = (component: Component): string => (component === 'redis' ? 'rfr' : 'rfs');

const statefulSet = (failover: RedisFailover, options: PredecessorOptions): StatefulSet => {
  const { storage, replicas = 3 } = failover.spec.redis ?? {};
  const claim = storage?.persistentVolumeClaim;
  const name = `rfr-${nameOf(failover)}`;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      ...metadata(failover, { name, component: 'redis', role: 'slave' }),
      annotations: { ...failover.metadata.annotations, storageCapacity: '0' },
    },
    spec: {
      serviceName: name,
      replicas,
      updateStrategy: { type: 'OnDelete' },
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selectorOf(failover, 'redis') },
      template: redisTemplate(failover, options),
      ...(claim?.spec && {
        volumeClaimTemplates: [
          {
            metadata: {
              name: claim.metadata?.name ?? '',
              ...(!storage?.keepAfterDeletion && { ownerReferences: ownersOf(failover) }),
            },
            spec: claim.spec,
          },
        ],
      }),
    },
  };
};

const CONTAINER_RIGHTS: NonNullable<Container['securityContext']> = {
  capabilities: { add: [], drop: ['ALL'] },
  privileged: false,
  runAsUser: 1000,
  runAsGroup: 1000,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
};

const podBasics = (labels: Labels) => ({
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
        },
      ],
    },
  },
  dnsPolicy: 'ClusterFirst',
  securityContext: { runAsUser: 1000, runAsGroup: 1000, runAsNonRoot: true, fsGroup: 1000 },
});

const redisTemplate = (failover: RedisFailover, options: PredecessorOptions): PodTemplateSpec => {
  const { image = '', resources = {}, storage, tolerations } = failover.spec.redis ?? {};
  const labels = labelsOf(failover, 'redis', 'slave');
  const name = nameOf(failover);
  const claim = storage?.persistentVolumeClaim;
  return {
    metadata: { labels },
    spec: {
      ...podBasics(labels),
      ...(tolerations && { tolerations: [...tolerations] }),
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: 'redis',
          image,
          imagePullPolicy: failover.spec.redis?.imagePullPolicy ?? 'Always',
          securityContext: CONTAINER_RIGHTS,
          ports: [{ name: 'redis', containerPort: portOf(failover), protocol: 'TCP' }],
          volumeMounts: [
            { name: 'redis-config', mountPath: '/redis' },
            { name: 'redis-shutdown-config', mountPath: '/redis-shutdown' },
            { name: 'redis-readiness-config', mountPath: '/redis-readiness' },
            { name: claim?.metadata?.name ?? 'redis-data', mountPath: '/data' },
          ],
          command: ['redis-server', '/redis/redis.conf'],
          resources,
          lifecycle: { preStop: { exec: { command: ['/bin/sh', '/redis-shutdown/shutdown.sh'] } } },
          env: redisEnvironment(failover),
          livenessProbe: redisLiveness(failover, options.release),
          readinessProbe: {
            initialDelaySeconds: 30,
            timeoutSeconds: 5,
            exec: { command: ['/bin/sh', '/redis-readiness/ready.sh'] },
          },
        },
        ...exporter(failover, { component: 'redis', release: options.release }),
      ],
      volumes: [
        { name: 'redis-config', configMap: { name: `rfr-${name}` } },
        { name: 'redis-shutdown-config', configMap: { name: `rfr-s-${name}`, defaultMode: 0o744 } },
        { name: 'redis-readiness-config', configMap: { name: `rfr-readiness-${name}`, defaultMode: 0o744 } },
        ...(claim ? [] : [{ name: 'redis-data', emptyDir: {} } satisfies Volume]),
      ],
    },
  };
};

const redisEnvironment = (failover: RedisFailover): EnvVar[] => [
  { name: 'REDIS_ADDR', value: `redis://127.0.0.1:${portOf(failover)}` },
  { name: 'REDIS_PORT', value: String(portOf(failover)) },
  { name: 'REDIS_USER', value: 'default' },
  ...(failover.spec.auth?.secretPath
    ? [
        {
          name: 'REDIS_PASSWORD',
          valueFrom: { secretKeyRef: { name: failover.spec.auth.secretPath, key: 'password' } },
        },
      ]
    : []),
];

const redisLiveness = (failover: RedisFailover, release: Release): Probe => {
  const login = '--user pinger --pass pingpass --no-auth-warning';
  const command =
    release === 'v1.2.4'
      ? `redis-cli -h $(hostname) -p ${portOf(failover)} ping ${login}`
      : `redis-cli -h $(hostname) -p ${portOf(failover)} ${login} ping | grep PONG`;
  return {
    initialDelaySeconds: 30,
    timeoutSeconds: 5,
    periodSeconds: 15,
    failureThreshold: 6,
    exec: { command: ['sh', '-c', command] },
  };
};

/** What 1.2.4 gives an exporter, and what 1.3.0-rc1 gives it, of a processor: the limit and the request. */
const EXPORTER_CPU: Readonly<Record<Release, readonly [limit: string, request: string]>> = {
  'v1.2.4': ['50m', '25m'],
  'v1.3.0-rc1': ['1000m', '10m'],
};

type Sidecar = { readonly component: Component; readonly release: Release };

/** The sidecar, if the spec asks for it. */
const exporter = (failover: RedisFailover, { component, release }: Sidecar): readonly Container[] => {
  const asked = failover.spec[component]?.exporter;
  if (asked?.enabled !== true) return [];
  const [limit, request] = EXPORTER_CPU[release];
  return [
    {
      name: `${component}-exporter`,
      image: asked.image ?? 'quay.io/oliver006/redis_exporter:v1.43.0',
      imagePullPolicy: asked.imagePullPolicy ?? 'Always',
      ...(asked.args && { args: [...asked.args] }),
      securityContext: asked.containerSecurityContext ?? CONTAINER_RIGHTS,
      env: [
        ...(asked.env ?? []),
        { name: 'REDIS_ALIAS', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ...(component === 'redis' ? redisEnvironment(failover) : SENTINEL_EXPORTER),
      ],
      ports: [{ name: 'metrics', containerPort: component === 'redis' ? 9121 : 9355, protocol: 'TCP' }],
      resources: asked.resources ?? {
        limits: { cpu: limit, memory: '100Mi' },
        requests: { cpu: request, memory: '50Mi' },
      },
    },
  ];
};

const SENTINEL_EXPORTER: readonly EnvVar[] = [
  { name: 'REDIS_EXPORTER_WEB_LISTEN_ADDRESS', value: '0.0.0.0:9355' },
  { name: 'REDIS_ADDR', value: 'redis://127.0.0.1:26379' },
];

const deployment = (failover: RedisFailover, options: PredecessorOptions): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata(failover, { name: `rfs-${nameOf(failover)}`, component: 'sentinel' }),
  spec: {
    replicas: failover.spec.sentinel?.replicas ?? 3,
    selector: { matchLabels: selectorOf(failover, 'sentinel') },
    template: sentinelTemplate(failover, options),
  },
});

const shellProbe = (command: string): Probe => ({
  initialDelaySeconds: 30,
  timeoutSeconds: 5,
  exec: { command: ['sh', '-c', command] },
});

const sentinelTemplate = (failover: RedisFailover, { release }: PredecessorOptions): PodTemplateSpec => {
  const { image = '', imagePullPolicy = 'Always', resources = {} } = failover.spec.sentinel ?? {};
  const labels = labelsOf(failover, 'sentinel');
  const ping = 'redis-cli -h $(hostname) -p 26379 ping';
  const knowsMaster =
    '[ "$(redis-cli -h $(hostname) -p 26379 SENTINEL get-master-addr-by-name mymaster | head -n 1)" != "127.0.0.1" ]';
  return {
    metadata: { labels },
    spec: {
      ...podBasics(labels),
      initContainers: [
        {
          name: 'sentinel-config-copy',
          image,
          imagePullPolicy,
          securityContext: CONTAINER_RIGHTS,
          command: ['cp', '/redis/sentinel.conf', '/redis-writable/sentinel.conf'],
          volumeMounts: [
            { name: 'sentinel-config', mountPath: '/redis' },
            { name: 'sentinel-config-writable', mountPath: '/redis-writable' },
          ],
          resources: { limits: { cpu: '10m', memory: '32Mi' }, requests: { cpu: '10m', memory: '32Mi' } },
        },
      ],
      containers: [
        {
          name: 'sentinel',
          image,
          imagePullPolicy,
          securityContext: CONTAINER_RIGHTS,
          ports: [{ name: 'sentinel', containerPort: 26379, protocol: 'TCP' }],
          volumeMounts: [{ name: 'sentinel-config-writable', mountPath: '/redis' }],
          command: ['redis-server', '/redis/sentinel.conf', '--sentinel'],
          readinessProbe: shellProbe(release === 'v1.2.4' ? ping : knowsMaster),
          livenessProbe: shellProbe(ping),
          resources,
        },
        ...exporter(failover, { component: 'sentinel', release }),
      ],
      volumes: [
        { name: 'sentinel-config', configMap: { name: `rfs-${nameOf(failover)}` } },
        { name: 'sentinel-config-writable', emptyDir: {} },
      ],
    },
  };
};
