/** Changes of a RedisFailover that exists, and what the API server says to them. */
import { CLAIM_SPEC, claimed } from './crd-cases.ts';

/** `to` is merged into `from`; without `says` it is allowed. `status` is what the operator has written before. */
export type Change = {
  readonly from: object;
  readonly status?: object;
  readonly to: object;
  readonly says?: readonly string[];
};

const sized = (storage: string): object => ({
  redis: { storage: claimed({ spec: { ...CLAIM_SPEC, resources: { requests: { storage } } } }) },
});
const claim = 'spec.redis.storage.persistentVolumeClaim';

export const CHANGES: Readonly<Record<string, Change>> = {
  'Redis and Sentinels scale': { from: {}, to: { redis: { replicas: 5 }, sentinel: { replicas: 5 } } },
  'Sentinels are switched off': { from: {}, to: { sentinel: { enabled: false } } },
  'and on again': { from: { sentinel: { enabled: false } }, to: { sentinel: { enabled: true } } },
  'Sentinels are scaled to none': { from: {}, to: { sentinel: { replicas: 0 } } },
  'images, resources and lines change': {
    from: {},
    to: {
      redis: { image: 'redis:8.0', resources: { limits: { memory: '1Gi' } }, customConfig: ['hz 20'] },
      sentinel: { image: 'redis:8.0' },
    },
  },
  'a password is added': { from: {}, to: { auth: { secretPath: 'password' } } },
  'a password is taken away': { from: { auth: { secretPath: 'password' } }, to: { auth: null } },
  'a password for Sentinels is added': { from: {}, to: { auth: { sentinelSecretPath: 'password' } } },
  'a password for Sentinels is taken away': { from: { auth: { sentinelSecretPath: 'password' } }, to: { auth: null } },
  'internal credentials are switched on': { from: {}, to: { auth: { internalCredentials: true } } },
  'internal credentials that were off are switched on': {
    from: { auth: { internalCredentials: false } },
    to: { auth: { internalCredentials: true } },
  },
  'the word about internal credentials is taken out': {
    from: { auth: { internalCredentials: true } },
    to: { auth: null },
  },
  'a password beside internal credentials that are off': {
    from: { auth: { internalCredentials: false } },
    to: { auth: { secretPath: 'password' } },
  },
  'internal credentials cannot be switched off': {
    from: { auth: { internalCredentials: true } },
    to: { auth: { internalCredentials: false } },
    says: ['spec.auth.internalCredentials', 'cannot become false later'],
  },
  'nor where nothing was said of them': {
    from: {},
    to: { auth: { internalCredentials: false } },
    says: ['spec.auth.internalCredentials', 'cannot become false later'],
  },
  'keepAfterDeletion is switched on': {
    from: { redis: { storage: claimed() } },
    to: { redis: { storage: { keepAfterDeletion: true } } },
  },
  'an emptyDir gets another limit': {
    from: { redis: { storage: { emptyDir: {} } } },
    to: { redis: { storage: { emptyDir: { sizeLimit: '1Gi' } } } },
  },
  'a claim grows': { from: sized('1Gi'), to: sized('2Gi') },
  'a claim may be written in another unit': { from: sized('1Gi'), to: sized('1024Mi') },
  'a claim cannot shrink': {
    from: sized('1Gi'),
    to: sized('1023Mi'),
    says: [`${claim}.spec.resources.requests`, 'cannot become less'],
  },
  'a claim may be lowered to what the volumes have': {
    from: sized('4Gi'),
    status: { storage: { smallestVolume: '1Gi', largestVolume: '2Gi' } },
    to: sized('2048Mi'),
  },
  'but not to less than the largest volume has': {
    from: sized('4Gi'),
    status: { storage: { smallestVolume: '1Gi', largestVolume: '2Gi' } },
    to: sized('1Gi'),
    says: [`${claim}.spec.resources.requests`, 'cannot become less'],
  },
  'labels and annotations of a claim change': {
    from: { redis: { storage: claimed() } },
    to: { redis: { storage: claimed({ metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } }) } },
  },
  'a claim cannot be renamed': {
    from: { redis: { storage: claimed() } },
    to: { redis: { storage: claimed({ metadata: { name: 'other' } }) } },
    says: [`${claim}.metadata.name`, 'cannot be changed'],
  },
  'a claim cannot change its class': {
    from: { redis: { storage: claimed() } },
    to: { redis: { storage: claimed({ spec: { ...CLAIM_SPEC, storageClassName: 'fast' } }) } },
    says: [`${claim}.spec.storageClassName`, 'cannot be changed'],
  },
  'a claim cannot choose among volumes later': {
    from: { redis: { storage: claimed() } },
    to: { redis: { storage: claimed({ spec: { ...CLAIM_SPEC, selector: { matchLabels: { disk: 'ssd' } } } }) } },
    says: [`${claim}.spec.selector`, 'cannot be changed'],
  },
  'an emptyDir cannot become a claim': {
    from: { redis: { storage: { emptyDir: {} } } },
    to: { redis: { storage: { emptyDir: null, ...claimed() } } },
    says: [claim, 'cannot be added or removed later'],
  },
  'no storage cannot become a claim': {
    from: {},
    to: { redis: { storage: claimed() } },
    says: [claim, 'cannot be added or removed later'],
  },
  'a claim cannot become an emptyDir': {
    from: { redis: { storage: claimed() } },
    to: { redis: { storage: { persistentVolumeClaim: null, emptyDir: {} } } },
    says: [claim, 'cannot be added or removed later'],
  },
  'a claim cannot go with all of the storage': {
    from: { redis: { storage: claimed() } },
    to: { redis: { storage: null } },
    says: [claim, 'cannot be added or removed later'],
  },
  'a Redis outside is followed before there is a master': {
    from: {},
    status: { phase: 'Starting' },
    to: { bootstrapNode: { host: 'old' } },
  },
  'one that has a master follows no Redis outside': {
    from: {},
    status: { master: { pod: 'rfr-changed-0', address: '192.0.2.1:6379', replicationId: 'a' } },
    to: { bootstrapNode: { host: 'old' } },
    says: ['spec.bootstrapNode', 'create a new RedisFailover'],
  },
  'another Redis outside is followed': {
    from: { bootstrapNode: { host: 'old', port: '7000' } },
    to: { bootstrapNode: { host: 'older', port: 7001 } },
  },
  'a Redis outside is left': { from: { bootstrapNode: { host: 'old' } }, to: { bootstrapNode: null } },
  'Sentinels come while a Redis outside is followed by its address': {
    from: { bootstrapNode: { host: '192.0.2.1' } },
    to: { bootstrapNode: { allowSentinels: true } },
  },
  'the port cannot change': {
    from: { redis: { port: 7000 } },
    to: { redis: { port: 7001 } },
    says: ['spec.redis.port', 'cannot be changed'],
  },
};
