/** What the builders are asked for beside a real API server, and what is done to their objects there. */
import type { PodSettings, RedisPodSettings, SentinelPodSettings } from '../../src/api/pod-types.ts';
import type { RedisFailoverSpec } from '../../src/api/types.ts';

const PROBE = { exec: { command: ['true'] }, timeoutSeconds: 3 };
const RESTRICTED = { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] } };
const SIDE = { image: 'redis:8.0.2', command: ['sleep', '1000'], securityContext: RESTRICTED };

/** Of both components, as far as the restricted level of Pod Security allows it. */
const EVERYTHING: PodSettings = {
  command: ['sh', '-c', 'exec sleep 1000'],
  startupConfigMap: 'startup',
  initContainers: [{ name: 'first', ...SIDE, command: ['true'] }],
  extraContainers: [{ name: 'side', ...SIDE, ports: [{ containerPort: 8080 }] }],
  extraVolumes: [
    { name: 'extra', emptyDir: { sizeLimit: '1024Ki' } },
    {
      name: 'all',
      projected: {
        sources: [{ downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } }],
      },
    },
  ],
  extraVolumeMounts: [{ name: 'extra', mountPath: '/extra', subPath: 'x' }],
  exporter: { enabled: true, args: ['--debug'], env: [{ name: 'A', value: '' }] },
  securityContext: { runAsNonRoot: true, runAsUser: 1001, seccompProfile: { type: 'RuntimeDefault' } },
  containerSecurityContext: RESTRICTED,
  imagePullSecrets: [{ name: 'registry' }],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { a: 'b' } },
    },
  ],
  podAnnotations: { note: 'x' },
  serviceAnnotations: { note: 'x' },
  dnsPolicy: 'ClusterFirst',
  customLivenessProbe: PROBE,
  customReadinessProbe: PROBE,
  customStartupProbe: PROBE,
};
const OF_REDIS: RedisPodSettings = {
  shutdownConfigMap: 'shutdown',
  customCommandRenames: [{ from: 'FLUSHALL', to: '' }],
  terminationGracePeriod: 60,
};
const OF_SENTINEL: SentinelPodSettings = { configCopy: { containerSecurityContext: RESTRICTED } };

/** One spec for each way an object can look. Without replicas the tests make one of each, to start few pods. */
export const VARIANTS: Readonly<Record<string, RedisFailoverSpec>> = {
  'nothing written': {},
  'three of each': { redis: { replicas: 3 }, sentinel: { replicas: 3 } },
  'a password': { auth: { secretPath: 'login' } },
  'internal credentials': { auth: { secretPath: 'login', internalCredentials: true } },
  'a password for Sentinels': {
    auth: { sentinelSecretPath: 'sentinel-login' },
    sentinel: { exporter: { enabled: true } },
  },
  'another port, an image and a pull policy': {
    redis: { port: 7000, image: 'redis:7.0.15', imagePullPolicy: 'Always' },
    sentinel: { image: 'redis:7.0.15', imagePullPolicy: 'Never' },
  },
  'resources in unusual words': {
    redis: {
      resources: {
        requests: { cpu: '0.1', memory: '131072Ki' },
        limits: { cpu: '1000m', memory: '1024Mi', 'ephemeral-storage': '1e9' },
      },
    },
    sentinel: { resources: { requests: { cpu: '50m', memory: '67108864' }, limits: { cpu: '0.5', memory: '0.5Gi' } } },
  },
  'resources without values': { redis: { resources: {} }, sentinel: { resources: { limits: {}, requests: {} } } },
  'where pods go': {
    redis: {
      nodeSelector: { 'kubernetes.io/os': 'linux', empty: '' },
      tolerations: [
        { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 },
        { key: '', operator: 'Exists', value: '', effect: '' },
        { key: 'b', value: 'c' },
      ],
    },
    sentinel: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }] }],
          },
        },
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { a: 'b' } }, namespaces: [] },
          ],
        },
      },
    },
  },
  'everything that a pod can have': {
    redis: { ...EVERYTHING, ...OF_REDIS },
    sentinel: { ...EVERYTHING, ...OF_SENTINEL },
  },
  'an empty affinity': { redis: { affinity: {} }, sentinel: { affinity: { podAntiAffinity: {} } } },
  'memory as storage': { redis: { storage: { emptyDir: { medium: 'Memory', sizeLimit: '1024Mi' } } } },
  'an emptyDir in the words of its default': { redis: { storage: { emptyDir: { medium: '' } } } },
  'a claim': {
    redis: {
      storage: {
        persistentVolumeClaim: {
          metadata: { name: 'data', labels: { tier: 'gold' }, annotations: { note: 'x' } },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
        },
      },
    },
  },
  'a claim that is kept, with a class and without a name': {
    redis: {
      storage: {
        keepAfterDeletion: true,
        persistentVolumeClaim: {
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'none',
            resources: { requests: { storage: '1.5Gi' } },
          },
        },
      },
    },
  },
  'custom configuration': {
    redis: { customConfig: ['appendonly yes', 'maxmemory 100mb'] },
    sentinel: { customConfig: ['down-after-milliseconds 2000'] },
  },
  'configuration that is read at a start': { redis: { customConfig: ['io-threads 2', 'timeout 300'] } },
};

/** From one spec to the next, and whether the pod template of Redis changes. */
export const CHANGES: Readonly<Record<string, { from: RedisFailoverSpec; to: RedisFailoverSpec; rolls: boolean }>> = {
  'limits taken out': {
    from: { redis: { resources: { limits: { cpu: '1', memory: '1Gi' } } } },
    to: { redis: { resources: { limits: { memory: '1Gi' } } } },
    rolls: true,
  },
  'everything optional taken out': {
    from: {
      redis: {
        nodeSelector: { a: 'b' },
        tolerations: [{ operator: 'Exists' }],
        storage: { emptyDir: { sizeLimit: '1Gi' } },
      },
    },
    to: {},
    rolls: true,
  },
  'a password': { from: {}, to: { auth: { secretPath: 'login' } }, rolls: true },
  'a password for Sentinels': { from: {}, to: { auth: { sentinelSecretPath: 'login' } }, rolls: true },
  'no password any more': { from: { auth: { secretPath: 'login' } }, to: {}, rolls: true },
  'internal credentials': { from: {}, to: { auth: { internalCredentials: true } }, rolls: true },
  'another port': { from: {}, to: { redis: { port: 7000 } }, rolls: true },
  'more replicas': { from: { redis: { replicas: 1 } }, to: { redis: { replicas: 2 } }, rolls: false },
  'other configuration': { from: {}, to: { redis: { customConfig: ['appendonly yes'] } }, rolls: false },
  'configuration that is read at a start': {
    from: {},
    to: { redis: { customConfig: ['io-threads 2'] } },
    rolls: true,
  },
  'a claim after an emptyDir': {
    from: {},
    to: { redis: { storage: { persistentVolumeClaim: { metadata: { name: 'other' }, spec: {} } } } },
    rolls: false,
  },
};

type Edit = {
  readonly kind: string;
  readonly name: string;
  readonly patch: object;
  readonly path: string;
  readonly refused?: true;
};

/** Edits by hand: which object, the patch, where the difference is, and whether apply is refused afterwards. */
export const EDITS: Readonly<Record<string, Edit>> = {
  'a config file': {
    kind: 'ConfigMap',
    name: 'rfr-edited',
    patch: { data: { 'redis-without-login.conf': 'x' } },
    path: 'data["redis-without-login.conf"]',
  },
  'a script removed': {
    kind: 'ConfigMap',
    name: 'rfs-edited',
    patch: { data: { 'live.sh': null } },
    path: 'data["live.sh"]',
  },
  'a selector': {
    kind: 'Service',
    name: 'rfrm-edited',
    patch: { spec: { selector: { 'redisfailovers-role': 'slave' } } },
    path: 'spec.selector.redisfailovers-role',
  },
  'a Service’s type': { kind: 'Service', name: 'rfs-edited', patch: { spec: { type: 'NodePort' } }, path: 'spec.type' },
  'labels and owners removed': {
    kind: 'Service',
    name: 'rfrs-edited',
    patch: { metadata: { labels: null, ownerReferences: null } },
    path: 'metadata.labels.team',
  },
  'a budget': {
    kind: 'PodDisruptionBudget',
    name: 'rfr-edited',
    patch: { spec: { maxUnavailable: 2 } },
    path: 'spec.maxUnavailable',
  },
  'the replicas': { kind: 'StatefulSet', name: 'rfr-edited', patch: { spec: { replicas: 1 } }, path: 'spec.replicas' },
  'the template': {
    kind: 'Deployment',
    name: 'rfs-edited',
    patch: { spec: { template: { spec: { automountServiceAccountToken: null, nodeSelector: { a: 'b' } } } } },
    path: 'spec.template.spec.automountServiceAccountToken',
  },
  'another port under our name, which apply cannot take back': {
    kind: 'Service',
    name: 'rfs-edited',
    patch: { spec: { ports: [{ name: 'sentinel', port: 26380 }] } },
    path: 'spec.ports[sentinel].port',
    refused: true,
  },
  'a variable of another kind, which apply cannot take back': {
    kind: 'StatefulSet',
    name: 'rfr-edited',
    patch: {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'redis',
                image: 'other',
                env: [{ name: 'REDIS_PORT', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
              },
            ],
          },
        },
      },
    },
    path: 'spec.template.spec.containers[redis].image',
    refused: true,
  },
  'another source of a volume, which apply cannot take back': {
    kind: 'Deployment',
    name: 'rfs-edited',
    patch: {
      spec: {
        template: {
          spec: {
            volumes: [
              { name: 'sentinel-config', emptyDir: {} },
              { name: 'sentinel-config-writable', emptyDir: {} },
            ],
          },
        },
      },
    },
    path: 'spec.template.spec.volumes[sentinel-config].configMap.name',
    refused: true,
  },
};
