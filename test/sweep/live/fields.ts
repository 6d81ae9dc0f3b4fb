/** Two values of every field of ours that a running failover takes, and what else the field needs to mean anything. */
import { CLAIM_SPEC } from '../../conformance/crd-cases.ts';

/** Which last good manifest: with data in memory, and a copy on each pod's emptyDir, or on volumes. */
export type Good = 'memory' | 'volume';

export type Field = {
  /** As in `../schema/properties.ts`. */
  readonly path: string;
  readonly values: readonly [unknown, unknown];
  /** Merged into the spec while the field is set. */
  readonly needs?: object;
  /** What a change of it does: pods are replaced, or nothing restarts. Fields of the first kind are also changed all at once. */
  readonly effect: 'rolls' | 'alone' | 'live';
  /** The last good manifest that it is tried on; one without volumes if left out. */
  readonly good?: Good;
};

/** The image of the local cluster, and a second name that it has. */
export const IMAGE = 'redis:8.0.2';
const SAME_IMAGE = 'redis:8.0';
/** What an exporter or a sidecar is here: there is no other image. */
const IDLE = ['sh', '-c', 'trap exit TERM; while :; do sleep 0.2; done'];
export const RIGHTS = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const TINY = { requests: { cpu: '1m', memory: '8Mi' }, limits: { memory: '32Mi' } };
const POD_RIGHTS = { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } };
const USES_EXPORTER = { exporter: { enabled: true, image: IMAGE, args: IDLE, resources: TINY } };

/** Names of the objects that the fields refer to; `objects.ts` makes them. */
export const REFERRED = {
  startup: ['startup-a', 'startup-b'],
  shutdown: ['shutdown-a', 'shutdown-b'],
  account: ['account-a', 'account-b'],
  login: ['login-a', 'login-b'],
} as const;

type Component = 'redis' | 'sentinel';
type Row = Omit<Field, 'path'>;

const ping = (component: Component): object => ({
  exec: { command: ['sh', '-c', `redis-cli -p ${component === 'redis' ? '"$REDIS_PORT"' : '26379'} PING`] },
});

const side = (name: string, more: object = {}): object => ({
  name,
  image: IMAGE,
  command: IDLE,
  resources: TINY,
  securityContext: RIGHTS,
  ...more,
});

const first = (name: string, more: object = {}): object => ({ ...side(name), command: ['true'], ...more });

const preferring = (topologyKey: string): object => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 1, podAffinityTerm: { topologyKey, labelSelector: { matchLabels: { swept: 'yes' } } } },
    ],
  },
});

const spread = (maxSkew: number): object => ({
  maxSkew,
  topologyKey: 'kubernetes.io/hostname',
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: { swept: 'yes' } },
});

const exporterRows = (): Readonly<Record<string, Row>> => {
  const needs = USES_EXPORTER;
  return {
    'exporter.enabled': { values: [true, false], needs, effect: 'alone' },
    'exporter.image': { values: [SAME_IMAGE, IMAGE], needs, effect: 'rolls' },
    'exporter.imagePullPolicy': { values: ['Never', 'IfNotPresent'], needs, effect: 'rolls' },
    'exporter.containerSecurityContext': {
      values: [RIGHTS, { ...RIGHTS, readOnlyRootFilesystem: true }],
      needs,
      effect: 'rolls',
    },
    'exporter.args': { values: [IDLE, [...IDLE, 'again']], needs, effect: 'rolls' },
    'exporter.env': { values: [[{ name: 'A', value: 'a' }], [{ name: 'A', value: 'b' }]], needs, effect: 'rolls' },
    'exporter.resources': {
      values: [{ limits: { memory: '40Mi' } }, { limits: { memory: '48Mi' } }],
      needs,
      effect: 'rolls',
    },
  };
};

/** What both components have. */
const commonRows = (component: Component): Readonly<Record<string, Row>> => ({
  image: { values: [SAME_IMAGE, IMAGE], effect: 'rolls' },
  imagePullPolicy: { values: ['Never', 'IfNotPresent'], effect: 'rolls' },
  resources: {
    values: [{ requests: { cpu: '30m' } }, { requests: { cpu: '25m' }, limits: { memory: '160Mi' } }],
    effect: 'alone',
  },
  affinity: { values: [preferring('kubernetes.io/hostname'), preferring('kubernetes.io/os')], effect: 'rolls' },
  tolerations: {
    values: [[{ key: 'dedicated', operator: 'Exists' }], [{ key: 'other', operator: 'Exists', effect: 'NoSchedule' }]],
    effect: 'rolls',
  },
  nodeSelector: {
    values: [{ 'kubernetes.io/os': 'linux' }, { 'kubernetes.io/arch': process.arch === 'arm64' ? 'arm64' : 'amd64' }],
    effect: 'rolls',
  },
  startupConfigMap: { values: REFERRED.startup, effect: 'rolls' },
  initContainers: {
    values: [[first('before')], [first('before', { env: [{ name: 'A', value: 'a' }] }), first('then', { tty: true })]],
    effect: 'rolls',
  },
  extraContainers: {
    values: [[side('beside')], [side('beside', { stdin: true, livenessProbe: { exec: { command: ['true'] } } })]],
    effect: 'rolls',
  },
  extraVolumes: {
    values: [[{ name: 'extra', emptyDir: {} }], [{ name: 'extra', configMap: { name: REFERRED.startup[0] } }]],
    effect: 'rolls',
  },
  extraVolumeMounts: {
    values: [[{ name: 'extra', mountPath: '/extra' }], [{ name: 'extra', mountPath: '/other', readOnly: true }]],
    needs: { extraVolumes: [{ name: 'extra', emptyDir: {} }] },
    effect: 'rolls',
  },
  ...exporterRows(),
  securityContext: { values: [POD_RIGHTS, { ...POD_RIGHTS, fsGroupChangePolicy: 'OnRootMismatch' }], effect: 'rolls' },
  containerSecurityContext: { values: [RIGHTS, { ...RIGHTS, readOnlyRootFilesystem: true }], effect: 'rolls' },
  imagePullSecrets: { values: [[{ name: 'pull-a' }], [{ name: 'pull-a' }, { name: 'pull-b' }]], effect: 'rolls' },
  topologySpreadConstraints: { values: [[spread(1)], [spread(2)]], effect: 'rolls' },
  podAnnotations: { values: [{ note: 'a' }, { note: 'b', other: 'c' }], effect: 'rolls' },
  serviceAnnotations: { values: [{ note: 'a' }, { note: 'b', other: 'c' }], effect: 'live' },
  dnsPolicy: { values: ['Default', 'ClusterFirst'], effect: 'rolls' },
  priorityClassName: { values: ['system-cluster-critical', 'system-node-critical'], effect: 'rolls' },
  serviceAccountName: { values: REFERRED.account, effect: 'rolls' },
  customLivenessProbe: { values: [ping(component), { ...ping(component), periodSeconds: 5 }], effect: 'rolls' },
  customReadinessProbe: {
    values: [
      { ...ping(component), periodSeconds: 1 },
      { ...ping(component), periodSeconds: 2 },
    ],
    effect: 'rolls',
  },
  customStartupProbe: {
    values: [
      { ...ping(component), periodSeconds: 1, failureThreshold: 60 },
      { ...ping(component), periodSeconds: 2, failureThreshold: 60 },
    ],
    effect: 'rolls',
  },
  disablePodDisruptionBudget: { values: [true, false], effect: 'live' },
});

const redisRows: Readonly<Record<string, Row>> = {
  replicas: { values: [3, 1], effect: 'alone' },
  customConfig: {
    values: [
      ['maxmemory 32mb', 'hz 20', 'timeout 100'],
      ['maxmemory 64mb', 'hz 30', 'save ""'],
    ],
    effect: 'live',
  },
  command: {
    values: [
      ['/bin/sh', '/redis/start-redis.sh'],
      ['sh', '-c', 'exec sh /redis/start-redis.sh'],
    ],
    effect: 'rolls',
  },
  shutdownConfigMap: { values: REFERRED.shutdown, effect: 'rolls' },
  customCommandRenames: {
    values: [[{ from: 'FLUSHALL', to: 'wipe' }], [{ from: 'FLUSHALL' }, { from: 'KEYS', to: 'list' }]],
    effect: 'rolls',
  },
  terminationGracePeriod: { values: [45, 60], effect: 'rolls' },
  dataSafety: { values: ['Consistency', 'Availability'], effect: 'live' },
  divergentData: { values: ['Keep', 'Discard'], effect: 'rolls' },
  'storage.keepAfterDeletion': { values: [true, false], effect: 'live', good: 'volume' },
  'storage.emptyDir': { values: [{ sizeLimit: '1Gi' }, { medium: 'Memory', sizeLimit: '64Mi' }], effect: 'rolls' },
  'storage.persistentVolumeClaim.metadata.labels': {
    values: [{ note: 'a' }, { note: 'b', other: 'c' }],
    effect: 'live',
    good: 'volume',
  },
  'storage.persistentVolumeClaim.metadata.annotations': {
    values: [{ note: 'a' }, { note: 'b', other: 'c' }],
    effect: 'live',
    good: 'volume',
  },
  'storage.persistentVolumeClaim.apiVersion': { values: ['v1', 'v1'], effect: 'live', good: 'volume' },
  'storage.persistentVolumeClaim.kind': {
    values: ['PersistentVolumeClaim', 'PersistentVolumeClaim'],
    effect: 'live',
    good: 'volume',
  },
  'storage.persistentVolumeClaim.status': { values: [{}, {}], effect: 'live', good: 'volume' },
  'storage.persistentVolumeClaim.spec': {
    values: [
      { ...CLAIM_SPEC, resources: { requests: { storage: '1024Mi' } } },
      { ...CLAIM_SPEC, resources: { requests: { storage: 1_073_741_824 } } },
    ],
    effect: 'live',
    good: 'volume',
  },
};

const sentinelRows: Readonly<Record<string, Row>> = {
  replicas: { values: [3, 2], effect: 'alone' },
  enabled: { values: [false, true], effect: 'alone' },
  customConfig: {
    values: [['down-after-milliseconds 4000'], ['failover-timeout 20000', 'parallel-syncs 2']],
    effect: 'live',
  },
  command: {
    values: [
      ['redis-server', '/redis/sentinel.conf', '--sentinel'],
      ['sh', '-c', 'exec redis-server /redis/sentinel.conf --sentinel'],
    ],
    effect: 'rolls',
  },
  'configCopy.containerSecurityContext': {
    values: [RIGHTS, { ...RIGHTS, readOnlyRootFilesystem: true }],
    effect: 'rolls',
  },
};

const specRows: Readonly<Record<string, Row>> = {
  'auth.secretPath': { values: REFERRED.login, effect: 'alone' },
  'auth.sentinelSecretPath': { values: REFERRED.login, effect: 'alone' },
  'auth.internalCredentials': { values: [true, true], effect: 'alone' },
  labelWhitelist: { values: [['team'], ['^other$', 'no-such-label']], effect: 'live' },
};

const rowsOf = (prefix: string, rows: Readonly<Record<string, Row>>): readonly Field[] =>
  Object.entries(rows).map(([name, row]) => ({ ...row, path: `${prefix}.${name}` }));

/** In the order in which they are swept. */
export const FIELDS: readonly Field[] = [
  ...rowsOf('spec', specRows),
  ...rowsOf('spec.redis', { ...commonRows('redis'), ...redisRows }),
  ...rowsOf('spec.sentinel', { ...commonRows('sentinel'), ...sentinelRows }),
];

const HAS_A_MASTER = 'it cannot be added to a failover that has had a master';

/** Fields that no running failover is changed in, and why. */
export const NOT_LIVE: Readonly<Record<string, string>> = {
  'spec.bootstrapNode.host': HAS_A_MASTER,
  'spec.bootstrapNode.port': HAS_A_MASTER,
  'spec.bootstrapNode.allowSentinels': HAS_A_MASTER,
  'spec.bootstrapNode.secretPath': HAS_A_MASTER,
  'spec.redis.port': 'it cannot be changed',
  'spec.redis.hostNetwork': 'namespaces of tests admit only restricted pods: see the states that cannot work',
  'spec.sentinel.hostNetwork': 'namespaces of tests admit only restricted pods: see the states that cannot work',
  'spec.redis.storage.persistentVolumeClaim.metadata.name': 'it cannot be changed',
};
