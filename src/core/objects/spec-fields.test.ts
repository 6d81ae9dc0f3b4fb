import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { at, build, madeStatefulSet, type Options } from './fixtures.ts';

const REDIS = 'StatefulSet/rfr-test spec.template.spec';
const SENTINEL = 'Deployment/rfs-test spec.template.spec';
const CLAIM = {
  metadata: { name: 'disk', labels: { tier: 'gold' }, annotations: { note: 'x' } },
  spec: { accessModes: ['ReadWriteOnce'] },
};
const OWNER = { apiVersion: 'databases.spotahome.com/v1', kind: 'RedisFailover', name: 'test', uid: 'failover-uid' };
const SELECTOR = { 'app.kubernetes.io/name': 'test', 'redisfailovers.databases.spotahome.com/name': 'test' };
const LIVE_CLAIM = { metadata: { name: 'old' }, spec: {}, status: { phase: 'Pending' } };

const SENTINEL_PASSWORD = { spec: { auth: { sentinelSecretPath: 'login' } } };

/** What each part of the input does to which object: the options, a place, and what stands there. */
const CASES: Readonly<Record<string, readonly [options: Options, place: string, value: unknown]>> = {
  'redis.replicas is what the operator lets through for now': [
    { redisReplicas: 5 },
    'StatefulSet/rfr-test spec.replicas',
    5,
  ],
  'sentinel.replicas is the Deployment’s': [
    { spec: { sentinel: { replicas: 5 } } },
    'Deployment/rfs-test spec.replicas',
    5,
  ],
  'redis.divergentData: Keep is an environment variable of the Redis container': [
    { spec: { redis: { divergentData: 'Keep' } } },
    `${REDIS}.containers.0.env.3`,
    { name: 'REDIS_DIVERGENT_DATA', value: 'Keep' },
  ],
  'redis.divergentData: Discard, as nothing, is none': [
    { spec: { redis: { divergentData: 'Discard' } } },
    `${REDIS}.containers.0.env.3`,
    undefined,
  ],
  'redis.image is the Redis container’s': [{ spec: { redis: { image: 'a:1' } } }, `${REDIS}.containers.0.image`, 'a:1'],
  'sentinel.image is the Sentinel container’s': [
    { spec: { sentinel: { image: 'a:1' } } },
    `${SENTINEL}.containers.0.image`,
    'a:1',
  ],
  'sentinel.image is the copying container’s too': [
    { spec: { sentinel: { image: 'a:1' } } },
    `${SENTINEL}.initContainers.0.image`,
    'a:1',
  ],
  'imagePullPolicy is the container’s': [
    { spec: { redis: { imagePullPolicy: 'Always' } } },
    `${REDIS}.containers.0.imagePullPolicy`,
    'Always',
  ],
  'resources are the container’s': [
    { spec: { redis: { resources: { limits: { cpu: '1' } } } } },
    `${REDIS}.containers.0.resources`,
    { limits: { cpu: '1' } },
  ],
  'the copy reserves no more than Sentinel': [
    { spec: { sentinel: { resources: { limits: { cpu: '100m' } } } } },
    `${SENTINEL}.initContainers.0.resources`,
    { limits: { cpu: '100m' } },
  ],
  'tolerations are the pod’s': [
    { spec: { redis: { tolerations: [{ key: 'a' }] } } },
    `${REDIS}.tolerations`,
    [{ key: 'a' }],
  ],
  'nodeSelector is the pod’s': [
    { spec: { sentinel: { nodeSelector: { a: 'b' } } } },
    `${SENTINEL}.nodeSelector`,
    { a: 'b' },
  ],
  'without affinity pods are spread by stable labels alone': [
    {},
    `${REDIS}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.podAffinityTerm.labelSelector.matchLabels`,
    { ...SELECTOR, 'app.kubernetes.io/component': 'redis' },
  ],
  'affinity replaces that': [
    { spec: { redis: { affinity: { nodeAffinity: {} } } } },
    `${REDIS}.affinity`,
    { nodeAffinity: {} },
  ],
  'redis.port is the container’s': [
    { spec: { redis: { port: 7000 } } },
    `${REDIS}.containers.0.ports`,
    [{ name: 'redis', containerPort: 7000, protocol: 'TCP' }],
  ],
  'redis.port is the one of the Services': [
    { spec: { redis: { port: 7000 } } },
    'Service/rfrm-test spec.ports',
    [{ name: 'redis', port: 7000, targetPort: 'redis', protocol: 'TCP' }],
  ],
  'redis.port is told to the scripts': [
    { spec: { redis: { port: 7000 } } },
    `${REDIS}.containers.0.env`,
    [
      { name: 'REDIS_ADDR', value: 'redis://127.0.0.1:7000' },
      { name: 'REDIS_PORT', value: '7000' },
      { name: 'REDIS_USER', value: 'default' },
    ],
  ],
  'without storage the data is in an emptyDir': [{}, `${REDIS}.volumes.3`, { name: 'redis-data', emptyDir: {} }],
  'storage.emptyDir is that emptyDir': [
    { spec: { redis: { storage: { emptyDir: { sizeLimit: '1Gi' } } } } },
    `${REDIS}.volumes.3.emptyDir`,
    { sizeLimit: '1Gi' },
  ],
  'storage.persistentVolumeClaim is a claim template that goes with the failover': [
    { spec: { redis: { storage: { persistentVolumeClaim: CLAIM } } } },
    'StatefulSet/rfr-test spec.volumeClaimTemplates.0.metadata.ownerReferences',
    [OWNER],
  ],
  'storage.persistentVolumeClaim keeps its labels beside ours': [
    { spec: { redis: { storage: { persistentVolumeClaim: CLAIM } } } },
    'StatefulSet/rfr-test spec.volumeClaimTemplates.0.metadata.labels.tier',
    'gold',
  ],
  'storage.persistentVolumeClaim gives its name to the mount': [
    { spec: { redis: { storage: { persistentVolumeClaim: CLAIM } } } },
    `${REDIS}.containers.0.volumeMounts.3`,
    { name: 'disk', mountPath: '/data' },
  ],
  'storage.persistentVolumeClaim wins over storage.emptyDir': [
    { spec: { redis: { storage: { persistentVolumeClaim: CLAIM, emptyDir: {} } } } },
    `${REDIS}.volumes.3`,
    undefined,
  ],
  'storage.keepAfterDeletion leaves the claim without owner': [
    { spec: { redis: { storage: { persistentVolumeClaim: CLAIM, keepAfterDeletion: true } } } },
    'StatefulSet/rfr-test spec.volumeClaimTemplates.0.metadata.ownerReferences',
    undefined,
  ],
  'the claim templates of a live StatefulSet stay': [
    { spec: { redis: { storage: { persistentVolumeClaim: CLAIM } } }, liveStatefulSet: madeStatefulSet([LIVE_CLAIM]) },
    'StatefulSet/rfr-test spec.volumeClaimTemplates',
    [LIVE_CLAIM],
  ],
  'and so does the mount of the data': [
    { spec: { redis: { storage: { persistentVolumeClaim: CLAIM } } }, liveStatefulSet: madeStatefulSet([LIVE_CLAIM]) },
    `${REDIS}.containers.0.volumeMounts.3.name`,
    'old',
  ],
  'a live StatefulSet without claims gets none': [
    { spec: { redis: { storage: { persistentVolumeClaim: CLAIM } } }, liveStatefulSet: madeStatefulSet([]) },
    'StatefulSet/rfr-test spec.volumeClaimTemplates',
    undefined,
  ],
  'auth.secretPath gives the password to the scripts': [
    { spec: { auth: { secretPath: 'login' } } },
    `${REDIS}.containers.0.env.3`,
    { name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
  ],
  'auth.secretPath selects the file that reads the login': [
    { spec: { auth: { secretPath: 'login' } } },
    `${REDIS}.volumes.0.configMap.items.0`,
    { key: 'redis-with-login.conf', path: 'redis.conf' },
  ],
  'auth.secretPath mounts the login': [
    { spec: { auth: { secretPath: 'login' } } },
    `${REDIS}.containers.0.volumeMounts.4`,
    { name: 'redis-login', mountPath: '/redis-login', readOnly: true },
  ],
  'the password is in the words of redis.conf': [
    { spec: { auth: { secretPath: 'login' } }, login: { password: 'a"b' } },
    'Secret/rfr-test data',
    { 'auth.conf': btoa('masterauth "a\\"b"\nrequirepass "a\\"b"\n') },
  ],
  'pods say which role they have from the start': [
    {},
    'StatefulSet/rfr-test spec.template.metadata.labels.redisfailovers-role',
    'slave',
  ],
  'the headless Service names pods that are not ready': [{}, 'Service/rfr-test spec.publishNotReadyAddresses', true],
  'rfrm- selects the master': [
    {},
    'Service/rfrm-test spec.selector',
    { ...SELECTOR, 'app.kubernetes.io/component': 'redis', 'redisfailovers-role': 'master' },
  ],
  'rfrs- selects the replicas': [
    {},
    'Service/rfrs-test spec.selector',
    { ...SELECTOR, 'app.kubernetes.io/component': 'redis', 'redisfailovers-role': 'slave' },
  ],
  'rfs- is where clients ask Sentinel': [
    {},
    'Service/rfs-test spec.ports',
    [{ name: 'sentinel', port: 26379, targetPort: 26379, protocol: 'TCP' }],
  ],
  'a drain takes one at a time': [{}, 'PodDisruptionBudget/rfs-test spec.maxUnavailable', 1],
  'auth.sentinelSecretPath: Sentinel pods wait for the Secret with their login': [
    SENTINEL_PASSWORD,
    `${SENTINEL}.volumes.2`,
    { name: 'sentinel-login', secret: { secretName: 'rfs-test', defaultMode: 0o440 } },
  ],
  'auth.sentinelSecretPath: its probes read the Secret': [
    SENTINEL_PASSWORD,
    `${SENTINEL}.containers.0.volumeMounts.2`,
    { name: 'sentinel-login', mountPath: '/sentinel-login', readOnly: true },
  ],
  'auth.sentinelSecretPath: and so does what writes the file that it starts from': [
    SENTINEL_PASSWORD,
    `${SENTINEL}.initContainers.0.volumeMounts.2.name`,
    'sentinel-login',
  ],
  'auth.sentinelSecretPath: Redis pods do not wait for it': [
    SENTINEL_PASSWORD,
    `${REDIS}.volumes.3.secret`,
    {
      secretName: 'rfs-test',
      defaultMode: 0o440,
      items: [{ key: 'password', path: 'password' }],
      optional: true,
    },
  ],
  'auth.sentinelSecretPath: the exporter of Sentinel logs in as the internal user': [
    { spec: { ...SENTINEL_PASSWORD.spec, sentinel: { exporter: { enabled: true } } } },
    `${SENTINEL}.containers.1.env.3`,
    { name: 'REDIS_USER', value: 'redis-operator-internal' },
  ],
  'auth.sentinelSecretPath: whose password is only referred to': [
    { spec: { ...SENTINEL_PASSWORD.spec, sentinel: { exporter: { enabled: true } } } },
    `${SENTINEL}.containers.1.env.4.valueFrom.secretKeyRef`,
    { name: 'rfs-test', key: 'password' },
  ],
  'auth.sentinelSecretPath: empty is none': [
    { spec: { auth: { sentinelSecretPath: '' } } },
    `${SENTINEL}.volumes.2`,
    undefined,
  ],
};

describe('a field of the spec', () => {
  for (const [sentence, [options, place, value]] of Object.entries(CASES)) {
    test(sentence, () => assert.deepEqual(at(build(options), place), value));
  }
});
