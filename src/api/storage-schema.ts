/** `spec.redis.storage`: what a StatefulSet cannot change is refused here, where the message can say why. */
import { embedded } from './embedded.ts';
import { flag, list, object, type Rule, rules, type Schema, text, words } from './schema.ts';

/** Other volumes of a Redis pod, whose names a claim must not have. */
export const OTHER_VOLUMES = [
  'redis-config',
  'redis-shutdown-config',
  'redis-readiness-config',
  'redis-login',
  'redis-internal',
  'sentinel-login',
  'redis-startup-config',
  'redis-operator-shutdown-config',
] as const;

const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'] as const;
const MAX_LABEL_LENGTH = 63;
const MAX_RESOURCES = 8;
const DNS_LABEL = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';

export const storageSchema = (defaults: { readonly keepAfterDeletion: boolean }): Schema =>
  object(
    'Where Redis keeps its data. A persistentVolumeClaim wins over an emptyDir; with neither it is an emptyDir.',
    {
      keepAfterDeletion: flag('Keep the volumes when the RedisFailover is deleted.', {
        default: defaults.keepAfterDeletion,
      }),
      emptyDir: { ...embedded('EmptyDirVolumeSource'), description: 'A volume that ends with its pod.' },
      persistentVolumeClaim: claim,
    },
    {
      default: {},
      ...rules({
        rule: 'has(self.persistentVolumeClaim) == has(oldSelf.persistentVolumeClaim)',
        message:
          'cannot be added or removed later, because the volumes of a StatefulSet are fixed: create a new RedisFailover',
        fieldPath: '.persistentVolumeClaim',
      }),
    },
  );

const metadata = object(
  'Name, labels and annotations of the claims.',
  {
    name: text('Name of the volume; a claim is called NAME-rfr-REDISFAILOVER-NUMBER.', {
      minLength: 1,
      maxLength: MAX_LABEL_LENGTH,
      pattern: DNS_LABEL,
      ...rules(
        { rule: 'self == oldSelf', message: 'cannot be changed: the volumes of a StatefulSet are fixed' },
        {
          rule: `!(self in [${OTHER_VOLUMES.map((name) => `'${name}'`).join(', ')}])`,
          message: 'is the name of another volume of the pod',
        },
      ),
    }),
    labels: words('Labels of the claims.'),
    annotations: words('Annotations of the claims.'),
  },
  { required: ['name'] },
);

const CLAIM_PATH = 'spec.redis.storage.persistentVolumeClaim';
const request = (root: string): string => `quantity(string(${root}.${CLAIM_PATH}.spec.resources.requests['storage']))`;

/**
 * For the whole object, because its status tells how large the volumes are: a request may grow, and may be lowered while no
 * volume has more, which gives up an expansion that failed. Objects stored before this schema may lack any of it.
 */
export const volumesDoNotShrink: Rule = {
  rule:
    `!has(self.${CLAIM_PATH}) || !has(oldSelf.${CLAIM_PATH}) || !has(oldSelf.${CLAIM_PATH}.spec.resources)` +
    ` || !has(oldSelf.${CLAIM_PATH}.spec.resources.requests)` +
    ` || !('storage' in oldSelf.${CLAIM_PATH}.spec.resources.requests)` +
    ` || ${request('self')}.compareTo(${request('oldSelf')}) >= 0` +
    ` || (has(self.status) && has(self.status.storage) && has(self.status.storage.largestVolume)` +
    ` && ${request('self')}.compareTo(quantity(self.status.storage.largestVolume)) >= 0)`,
  message: 'storage cannot become less than the volumes have, see status.storage: Kubernetes does not shrink volumes',
  fieldPath: `.${CLAIM_PATH}.spec.resources.requests`,
};

/** Fixed once the claim exists. Written with `has`, because objects stored before this schema may lack any of them. */
const fixed = (field: string): Rule => ({
  rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
  message: 'cannot be changed: the volumes of a StatefulSet are fixed',
  fieldPath: `.${field}`,
});

const FIXED = [
  'accessModes',
  'dataSource',
  'dataSourceRef',
  'selector',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
  'volumeName',
] as const;

const REQUEST = "self.resources.requests['storage']";
const sizeRules: readonly Rule[] = [
  {
    rule: `quantity(string(${REQUEST})).isGreaterThan(quantity('0'))`,
    message: 'storage must be more than 0',
    fieldPath: '.resources.requests',
  },
];

const claimSpec = (): Schema => {
  const { properties = {}, ...same } = embedded('PersistentVolumeClaimSpec');
  const resources = properties['resources'] ?? {};
  const requests = resources.properties?.['requests'] ?? {};
  return {
    ...same,
    description: 'The claim of every Redis pod.',
    required: ['accessModes', 'resources'],
    properties: {
      ...properties,
      accessModes: list(
        'How the volume is mounted.',
        { type: 'string', enum: ACCESS_MODES },
        {
          minItems: 1,
          maxItems: ACCESS_MODES.length,
        },
      ),
      storageClassName: { ...properties['storageClassName'], description: "The cluster's default class if left out." },
      resources: {
        ...resources,
        required: ['requests'],
        properties: {
          ...resources.properties,
          requests: {
            ...requests,
            description: 'storage may grow later, where the storage class allows it.',
            required: ['storage'],
            maxProperties: MAX_RESOURCES,
          },
        },
      },
    },
    ...rules(...FIXED.map(fixed), ...sizeRules),
  };
};

const claim = object(
  'A volume for each Redis pod that outlives it.',
  {
    apiVersion: text('May be v1.'),
    kind: text('May be PersistentVolumeClaim.'),
    metadata,
    spec: claimSpec(),
    status: object('Ignored.', {}),
  },
  { required: ['metadata', 'spec'] },
);
