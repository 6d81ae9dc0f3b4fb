/** What the API server must accept, and what it must refuse and in which words, of RedisFailovers. */

/** A RedisFailover as somebody might write it: not typed, because most of these are wrong. */
export type Written = { readonly metadata: { readonly name: string }; readonly spec?: unknown };

/** Something to refuse, and what the refusal must say: the field, and why. */
export type Refused = { readonly written: Written; readonly says: readonly string[] };

const named = (name: string): Written => ({ metadata: { name } });
const withSpec = (spec: unknown): Written => ({ metadata: { name: 'written' }, spec });
const withRedis = (redis: unknown): Written => withSpec({ redis });
const withSentinel = (sentinel: unknown): Written => withSpec({ sentinel });

/** The part of a claim that every claim needs. */
export const CLAIM_SPEC = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

type Claim = {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: unknown;
  readonly spec?: unknown;
};

/** `spec.redis.storage` with a claim. */
export const claimed = (claim: Claim = {}): object => ({
  persistentVolumeClaim: { metadata: { name: 'data' }, spec: CLAIM_SPEC, ...claim },
});
const withClaim = (claim: Claim): Written => withRedis({ storage: claimed(claim) });
const withSource = (bootstrapNode: object): Written => withSpec({ bootstrapNode });
const withLine = (line: string): Written => withRedis({ customConfig: [line] });
const withSentinelLine = (line: string): Written => withSentinel({ customConfig: [line] });

const LINES_LIMIT = 128;

export const ACCEPTED: Readonly<Record<string, Written>> = {
  'no spec at all': named('minimal'),
  'an empty spec': withSpec({}),
  'empty redis and sentinel': withSpec({ redis: {}, sentinel: {} }),
  'a name of 48 characters': named('a'.repeat(48)),
  'the smallest sizes': withSpec({ redis: { replicas: 1 }, sentinel: { replicas: 1 } }),
  'the largest sizes': withSpec({ redis: { replicas: 100 }, sentinel: { replicas: 15 } }),
  'internal credentials': withSpec({ auth: { secretPath: 'login', internalCredentials: true } }),
  'no internal credentials': withSpec({ auth: { internalCredentials: false } }),
  'the lowest port': withRedis({ port: 1 }),
  'the highest port': withRedis({ port: 65_535 }),
  'an image with registry, port and digest': withRedis({
    image: `registry.example.com:5000/team/redis:8.0.2@sha256:${'0a'.repeat(32)}`,
  }),
  'lines about replicas to write with Availability': withRedis({
    dataSafety: 'Availability',
    customConfig: ['min-replicas-to-write 1'],
  }),
  'other lines with Consistency': withRedis({ dataSafety: 'Consistency', customConfig: ['maxmemory 1gb'] }),
  'an empty list of lines': withSpec({ redis: { customConfig: [] }, sentinel: { customConfig: [] } }),
  'lines with several values, quotes and capitals': withRedis({
    customConfig: ['save 900 1 300 10', 'save ""', 'MaxMemory 1gb', 'client-output-buffer-limit replica 0 0 0'],
  }),
  'a parameter that starts like one of the operator': withLine('replica-priority 10'),
  'as many lines as are allowed': withRedis({ customConfig: Array.from({ length: LINES_LIMIT }, () => 'hz 10') }),
  'lines for Sentinel': withSentinel({ customConfig: ['down-after-milliseconds 1000', 'parallel-syncs 2'] }),
  'an emptyDir with a limit': withRedis({ storage: { emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } } }),
  'a claim': withRedis({ storage: { keepAfterDeletion: true, ...claimed() } }),
  'a claim with kind, labels and class': withClaim({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', labels: { tier: 'gold' }, annotations: { note: 'mine' } },
    spec: { ...CLAIM_SPEC, storageClassName: 'fast', volumeMode: 'Filesystem' },
  }),
  'a request that is a number of bytes': withClaim({
    spec: { ...CLAIM_SPEC, resources: { requests: { storage: 1_073_741_824 } } },
  }),
  'a password': withSpec({ auth: { secretPath: 'redis.password-1' } }),
  'a Redis outside by its name': withSource({ host: 'redis-0.redis.old.svc.cluster.local' }),
  'one by its address, with a port as a number': withSource({ host: '192.0.2.1', port: 7000 }),
  'one with a port as a string, as spotahome had it': withSource({ host: '192.0.2.1', port: '7000' }),
  'one by its IPv6 address, with a password and Sentinels': withSource({
    host: '2001:db8::1',
    secretPath: 'old-redis',
    allowSentinels: true,
  }),
  'one that asks for no password': withSource({ host: 'old', secretPath: '' }),
  'a password for Sentinels': withSpec({ auth: { sentinelSecretPath: 'sentinel.password-1' } }),
  'resources, where the limit is the request': withRedis({
    resources: { requests: { cpu: '0.5', memory: '1Gi' }, limits: { cpu: '500m', memory: '1024Mi' } },
  }),
  'affinity, tolerations and a node selector': withSentinel({
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'zone', labelSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } },
        ],
      },
    },
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'redis', effect: 'NoSchedule', tolerationSeconds: 5 }],
    nodeSelector: { disk: 'ssd' },
  }),
};

const OWNED_BY_OPERATOR = [
  'port 6380',
  'replicaof 10.0.0.1 6379',
  'slaveof no one',
  'masterauth x',
  'masteruser x',
  'requirepass x',
  'include /etc/x',
  'rename-command KEYS ""',
  'user default on',
  'aclfile /x',
  'dir /tmp',
  'bind 127.0.0.1',
  'protected-mode yes',
  'ReplicaOf 10.0.0.1 6379',
  '  dir /tmp',
];
const OWNED_SENTINEL = [
  'monitor mymaster 10.0.0.1 6379 2',
  'auth-pass x',
  'auth-user x',
  'quorum 1',
  'known-replica 10.0.0.1 6379',
  'known-sentinel 10.0.0.1 26379 x',
  'sentinel down-after-milliseconds 1',
  'announce-ip 10.0.0.1',
  'myid x',
];

/** One case a line. */
const eachLine = (lines: readonly string[], refused: (line: string) => Refused): Readonly<Record<string, Refused>> =>
  Object.fromEntries(lines.map((line): [string, Refused] => [`the line '${line}'`, refused(line)]));

const eachHost = (hosts: readonly string[], refused: (host: string) => Refused): Readonly<Record<string, Refused>> =>
  Object.fromEntries(hosts.map((host): [string, Refused] => [`the host '${host}'`, refused(host)]));
const eachPort = (
  ports: readonly (string | number)[],
  refused: (port: string | number) => Refused,
): Readonly<Record<string, Refused>> =>
  Object.fromEntries(
    ports.map((port): [string, Refused] => [`the port ${JSON.stringify(port)} outside`, refused(port)]),
  );

const storage = 'spec.redis.storage.persistentVolumeClaim';

export const REFUSED: Readonly<Record<string, Refused>> = {
  'a name of 49 characters': { written: named('a'.repeat(49)), says: ['metadata.name', 'longer than 48 characters'] },
  'a name with a dot': { written: named('my.redis'), says: ['metadata.name', "lower-case letters, digits and '-'"] },
  'no Redis': { written: withRedis({ replicas: 0 }), says: ['spec.redis.replicas', 'greater than or equal to 1'] },
  'too many Redis': {
    written: withRedis({ replicas: 101 }),
    says: ['spec.redis.replicas', 'less than or equal to 100'],
  },
  'fewer than no Sentinels': {
    written: withSentinel({ replicas: -1 }),
    says: ['spec.sentinel.replicas', 'greater than or equal to 0'],
  },
  'too many Sentinels': {
    written: withSentinel({ replicas: 16 }),
    says: ['spec.sentinel.replicas', 'less than or equal to 15'],
  },
  'replicas as a word': { written: withRedis({ replicas: 'three' }), says: ['spec.redis.replicas', 'integer'] },
  'port 0': { written: withRedis({ port: 0 }), says: ['spec.redis.port', 'greater than or equal to 1'] },
  'port 65536': { written: withRedis({ port: 65_536 }), says: ['spec.redis.port', 'less than or equal to 65535'] },
  "Sentinel's port": { written: withRedis({ port: 26_379 }), says: ['spec.redis.port', 'the port of Sentinel'] },
  'a container with the name of ours': {
    written: withRedis({ extraContainers: [{ name: 'redis', image: 'x' }] }),
    says: ['spec.redis.extraContainers', 'must not be one of ours'],
  },
  'a volume with the name of ours': {
    written: withSentinel({ extraVolumes: [{ name: 'sentinel-config', emptyDir: {} }] }),
    says: ['spec.sentinel.extraVolumes', 'must not be one of ours'],
  },
  'a mount over ours': {
    written: withRedis({ extraVolumeMounts: [{ name: 'x', mountPath: '/data' }] }),
    says: ['spec.redis.extraVolumeMounts', 'must not be one of ours'],
  },
  'another name for a command that is needed': {
    written: withRedis({ customCommandRenames: [{ from: 'Config', to: 'x' }] }),
    says: ['spec.redis.customCommandRenames[0].from', 'needs under its own name'],
  },
  'two names for a command': {
    written: withRedis({
      customCommandRenames: [
        { from: 'KEYS', to: 'a' },
        { from: 'keys', to: 'b' },
      ],
    }),
    says: ['spec.redis.customCommandRenames', 'names a command twice'],
  },
  'a name for a command with a line break': {
    written: withRedis({ customCommandRenames: [{ from: 'KEYS', to: 'a\nrequirepass b' }] }),
    says: ['spec.redis.customCommandRenames[0].to'],
  },
  'a negative time to end': {
    written: withRedis({ terminationGracePeriod: -1 }),
    says: ['spec.redis.terminationGracePeriod'],
  },
  'a container without a name': {
    written: withRedis({ initContainers: [{ image: 'x' }] }),
    says: ['spec.redis.initContainers[0].name'],
  },
  'an unknown way to resolve names': { written: withRedis({ dnsPolicy: 'Never' }), says: ['spec.redis.dnsPolicy'] },
  'an empty image': { written: withRedis({ image: '' }), says: ['spec.redis.image'] },
  'an image with a blank': { written: withSentinel({ image: 'redis 8' }), says: ['spec.sentinel.image'] },
  'an image in capitals': { written: withRedis({ image: 'Redis:8' }), says: ['spec.redis.image'] },
  'an unknown pull policy': {
    written: withRedis({ imagePullPolicy: 'Sometimes' }),
    says: ['spec.redis.imagePullPolicy', 'IfNotPresent'],
  },
  'an unknown safety of data': {
    written: withRedis({ dataSafety: 'Always' }),
    says: ['spec.redis.dataSafety', 'Consistency'],
  },
  ...eachLine(['min-replicas-to-write 2', '\tMin-Slaves-Max-Lag 10'], (line) => ({
    written: withRedis({ dataSafety: 'Consistency', customConfig: ['hz 10', line] }),
    says: ['spec.redis.customConfig', 'with dataSafety: Consistency'],
  })),
  ...eachLine(OWNED_BY_OPERATOR, (line) => ({
    written: withLine(line),
    says: ['spec.redis.customConfig[0]', 'the operator sets this parameter'],
  })),
  ...eachLine(OWNED_SENTINEL, (line) => ({
    written: withSentinelLine(line),
    says: ['spec.sentinel.customConfig[0]', 'the operator sets this option'],
  })),
  'a line without a value': {
    written: withLine('appendonly'),
    says: ['spec.redis.customConfig[0]', 'must be one line'],
  },
  'an empty line': { written: withLine(''), says: ['spec.redis.customConfig[0]'] },
  'two lines in one': {
    written: withLine('hz 10\nrequirepass x'),
    says: ['spec.redis.customConfig[0]', 'must be one line'],
  },
  'a line for Sentinel without a value': {
    written: withSentinelLine('failover-timeout'),
    says: ['spec.sentinel.customConfig[0]', 'must be one line'],
  },
  'a line that is too long': {
    written: withLine(`save ${'1'.repeat(1100)}`),
    says: ['spec.redis.customConfig[0]', 'Too long'],
  },
  'too many lines': {
    written: withRedis({ customConfig: Array.from({ length: LINES_LIMIT + 1 }, () => 'hz 10') }),
    says: ['spec.redis.customConfig', 'Too many'],
  },
  'a claim without a name': { written: withClaim({ metadata: {} }), says: [`${storage}.metadata.name`, 'Required'] },
  'a claim without metadata': {
    written: withRedis({ storage: { persistentVolumeClaim: { spec: CLAIM_SPEC } } }),
    says: [`${storage}.metadata`, 'Required'],
  },
  'a claim whose name is no DNS label': {
    written: withClaim({ metadata: { name: 'Redis_Data' } }),
    says: [`${storage}.metadata.name`],
  },
  'a claim named as another volume of the pod': {
    written: withClaim({ metadata: { name: 'redis-config' } }),
    says: [`${storage}.metadata.name`, 'name of another volume'],
  },
  'a claim without spec': {
    written: withRedis({ storage: { persistentVolumeClaim: { metadata: { name: 'data' } } } }),
    says: [`${storage}.spec`, 'Required'],
  },
  'a claim that requests no storage': {
    written: withClaim({ spec: { ...CLAIM_SPEC, resources: { requests: {} } } }),
    says: [`${storage}.spec.resources.requests.storage`, 'Required'],
  },
  'a claim of nothing': {
    written: withClaim({ spec: { ...CLAIM_SPEC, resources: { requests: { storage: '0' } } } }),
    says: [`${storage}.spec.resources.requests`, 'more than 0'],
  },
  'a claim with a size that is none': {
    written: withClaim({ spec: { ...CLAIM_SPEC, resources: { requests: { storage: 'big' } } } }),
    says: [`${storage}.spec.resources.requests.storage`],
  },
  'a claim without access modes': {
    written: withClaim({ spec: { resources: CLAIM_SPEC.resources } }),
    says: [`${storage}.spec.accessModes`, 'Required'],
  },
  'a Secret name that is none': {
    written: withSpec({ auth: { secretPath: 'My_Secret' } }),
    says: ['spec.auth.secretPath'],
  },
  'the Secret that the operator writes': {
    written: withSpec({ auth: { secretPath: 'rfr-written' } }),
    says: ['spec.auth.secretPath', 'the Secret that the operator writes'],
  },
  'the Secret that the operator writes for Sentinels': {
    written: withSpec({ auth: { sentinelSecretPath: 'rfs-written' } }),
    says: ['spec.auth.sentinelSecretPath', 'the Secret that the operator writes'],
  },
  'a Redis outside without a host': {
    written: withSource({ port: 7000 }),
    says: ['spec.bootstrapNode.host', 'Required'],
  },
  ...eachHost(['', 'old redis', 'old_redis', '192.0.2.300', 'redis://old', 'old:6379', ':', '-old'], (host) => ({
    written: withSource({ host }),
    says: ['spec.bootstrapNode.host'],
  })),
  ...eachPort([0, 65_536, -1, '0', '65536', '', 'redis', '1e3', '+1'], (port) => ({
    written: withSource({ host: 'old', port }),
    says: ['spec.bootstrapNode.port', 'must be a port, 1 to 65535'],
  })),
  'a port outside that is no whole number': {
    written: withSource({ host: 'old', port: 63.5 }),
    says: ['spec.bootstrapNode.port'],
  },
  'a name that Sentinels cannot resolve': {
    written: withSource({ host: 'old-redis', allowSentinels: true }),
    says: ['spec.bootstrapNode.host', 'Sentinel does not resolve names'],
  },
  'a Secret of a Redis outside that is none': {
    written: withSource({ host: 'old', secretPath: 'My_Secret' }),
    says: ['spec.bootstrapNode.secretPath'],
  },
  'requests over the limits': {
    written: withRedis({ resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }),
    says: ['spec.redis.resources.requests', 'must not be more than the limits'],
  },
};
