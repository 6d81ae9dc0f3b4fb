/** What a schema does not say of its legal values: a row for each such property. */
import { CLAIM_SPEC } from '../../conformance/crd-cases.ts';

export type Override = {
  /** Two legal values; the same twice where there is only one. */
  readonly legal?: readonly [unknown, unknown];
  /** Values that only a rule forbids. */
  readonly illegal?: readonly unknown[];
  /** The key of the one entry of a map. */
  readonly key?: string;
  /** Cannot be changed once the RedisFailover exists; the values are tried at its creation. */
  readonly fixed?: true;
};

const RENAME = 'spec.redis.customCommandRenames[]';
const STORAGE = 'spec.redis.storage';
const CLAIM = `${STORAGE}.persistentVolumeClaim`;

/** The same of both components. */
const ofBoth = (rows: Readonly<Record<string, Override>>): Readonly<Record<string, Override>> =>
  Object.fromEntries(
    Object.entries(rows).flatMap(([name, row]) => [
      [`spec.redis.${name}`, row],
      [`spec.sentinel.${name}`, row],
    ]),
  );

const containers: Override = { illegal: [[{ name: 'redis' }], [{ name: 'redis-exporter' }]] };
const FIXED_OF_CLAIM = [
  'accessModes',
  'dataSource',
  'dataSourceRef',
  'selector',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
  'volumeName',
];

/** By path, as in `properties.ts`. */
export const OVERRIDES: Readonly<Record<string, Override>> = {
  ...ofBoth({
    image: { legal: ['redis:8.0.2', 'registry.example.com:5000/redis:8.0'], illegal: ['Redis:8', 'redis 8'] },
    'resources.limits': { key: 'memory', legal: [{ memory: '256Mi' }, { memory: '300Mi', cpu: 2 }] },
    'resources.requests': { key: 'memory', illegal: [{ memory: '1Ti' }] },
    resources: { legal: [{ requests: { memory: '10Mi' } }, { limits: { cpu: '1' } }] },
  }),
  'spec.redis.initContainers': containers,
  'spec.redis.extraContainers': containers,
  'spec.redis.extraVolumes': { illegal: [[{ name: 'redis-config' }]] },
  'spec.sentinel.extraVolumes': { illegal: [[{ name: 'sentinel-config' }]] },
  'spec.redis.extraVolumeMounts': { illegal: [[{ name: 'swept', mountPath: '/data' }]] },
  'spec.sentinel.extraVolumeMounts': { illegal: [[{ name: 'swept', mountPath: '/redis' }]] },
  'spec.redis.customConfig[]': {
    legal: ['maxmemory 32mb', 'maxmemory-policy allkeys-lru'],
    illegal: ['port 1', 'masterauth x', 'appendonly', 'hz 10\nrequirepass x'],
  },
  'spec.sentinel.customConfig[]': {
    legal: ['down-after-milliseconds 4000', 'parallel-syncs 2'],
    illegal: ['monitor mymaster 10.0.0.1 6379 2', 'auth-pass x', 'failover-timeout'],
  },
  'spec.redis.port': { legal: [7000, 7001], illegal: [26_379], fixed: true },
  'spec.redis.dataSafety': { legal: ['Consistency', 'Availability'] },
  [`${RENAME}.from`]: { legal: ['FLUSHALL', 'KEYS'], illegal: ['CONFIG', 'replicaof'] },
  'spec.redis.customCommandRenames': { illegal: [[{ from: 'KEYS' }, { from: 'keys' }]] },
  'spec.auth.secretPath': { illegal: ['rfr-written'] },
  'spec.auth.sentinelSecretPath': { illegal: ['rfs-written'] },
  'spec.bootstrapNode.host': { legal: ['192.0.2.1', '192.0.2.2'], illegal: ['old redis', 'redis://old'] },
  'spec.bootstrapNode.port': { legal: [7000, '7001'], illegal: [0, '0', 65_536, 'redis'] },
  'spec.auth.internalCredentials': { legal: [true, true] },
  [CLAIM]: {
    legal: [
      { metadata: { name: 'data' }, spec: CLAIM_SPEC },
      { metadata: { name: 'a' }, spec: CLAIM_SPEC },
    ],
    fixed: true,
  },
  [`${CLAIM}.metadata`]: {
    legal: [
      { name: 'data', labels: { a: 'b' } },
      { name: 'data', annotations: { a: 'b' } },
    ],
  },
  [`${CLAIM}.metadata.name`]: { fixed: true, illegal: ['redis-config'] },
  [`${CLAIM}.spec`]: { legal: [CLAIM_SPEC, CLAIM_SPEC] },
  ...Object.fromEntries(FIXED_OF_CLAIM.map((name) => [`${CLAIM}.spec.${name}`, { fixed: true }])),
  [`${CLAIM}.spec.resources`]: {
    legal: [{ requests: { storage: '2Gi' } }, { requests: { storage: 2_147_483_648 }, limits: { storage: '9Gi' } }],
  },
  [`${CLAIM}.spec.resources.requests`]: {
    key: 'storage',
    legal: [{ storage: '2Gi' }, { storage: '3Gi' }],
    illegal: [{ storage: '0' }],
  },
};
