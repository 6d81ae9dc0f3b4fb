/** `spec`: the user's words, with a default or a rule wherever one is possible. */
import { bootstrapSchema } from './bootstrap-schema.ts';
import { redisConfigSchema, sentinelConfigSchema } from './config-schema.ts';
import { dataSafetyRules, dataSafetySchema } from './data-safety-schema.ts';
import { REDIS_DEFAULTS, SENTINEL_DEFAULTS } from './defaults.ts';
import { divergentDataSchema } from './divergent-data-schema.ts';
import { embedded } from './embedded.ts';
import { SENTINEL_PORT } from './names.ts';
import { podSettingsSchema, redisPodSchema, sentinelPodSchema, type Taken } from './pod-schema.ts';
import { flag, integer, list, object, rules, type Schema, text, words } from './schema.ts';
import { OTHER_VOLUMES, storageSchema } from './storage-schema.ts';
import type { ComponentSpec } from './types.ts';

const MAX_REDIS = 100;
const MAX_SENTINELS = 15;
const MAX_PORT = 65_535;
const MAX_IMAGE_LENGTH = 512;
const MAX_NAME_LENGTH = 253;
const MAX_RESOURCES = 6;
const MAX_EXPRESSION = 512;
const MAX_EXPRESSIONS = 64;

export const specSchema = (): Schema =>
  object(
    'What is wanted: a Redis master with replicas, and Sentinels that watch them.',
    {
      redis: redisSchema(),
      sentinel: sentinelSchema(),
      auth: authSchema(),
      bootstrapNode: bootstrapSchema(),
      labelWhitelist: labelsSchema(),
    },
    { default: {}, ...rules(STAYS_ON) },
  );

/** Here and not at the field, because a field that is new has no old value to compare with. */
const STAYS_ON = {
  rule:
    '!(has(self.auth) && has(self.auth.internalCredentials)) || self.auth.internalCredentials ||' +
    ' (has(oldSelf.auth) && has(oldSelf.auth.internalCredentials) && !oldSelf.auth.internalCredentials)',
  message: 'cannot become false later: leave it out, or create a new RedisFailover',
  fieldPath: '.auth.internalCredentials',
};

const redisSchema = (): Schema =>
  object(
    'The Redis pods: one master, all others its replicas.',
    {
      replicas: integer('How many Redis pods, the master included.', {
        minimum: 1,
        maximum: MAX_REDIS,
        default: REDIS_DEFAULTS.replicas,
      }),
      ...componentProperties('Redis', REDIS_DEFAULTS),
      ...podSettingsSchema('Redis', REDIS_TAKEN),
      ...redisPodSchema(),
      customConfig: redisConfigSchema(REDIS_DEFAULTS.customConfig),
      port: integer('The port Redis listens on, and that of its Services.', {
        minimum: 1,
        maximum: MAX_PORT,
        default: REDIS_DEFAULTS.port,
        ...rules(
          { rule: `self != ${SENTINEL_PORT}`, message: `must not be ${SENTINEL_PORT}, the port of Sentinel` },
          { rule: 'self == oldSelf', message: 'cannot be changed: create a new RedisFailover' },
        ),
      }),
      storage: storageSchema(REDIS_DEFAULTS.storage),
      dataSafety: dataSafetySchema(REDIS_DEFAULTS.dataSafety),
      divergentData: divergentDataSchema(REDIS_DEFAULTS.divergentData),
    },
    { default: {}, ...dataSafetyRules() },
  );

/** Names in a Redis pod; the data's volume has the name that the claim has. */
export const REDIS_TAKEN: Taken = {
  containers: ['redis', 'redis-exporter'],
  volumes: ['redis-data', ...OTHER_VOLUMES],
  paths: [
    '/redis',
    '/redis-shutdown',
    '/redis-readiness',
    '/redis-startup',
    '/redis-login',
    '/redis-internal',
    '/sentinel-login',
    '/redis-operator-shutdown',
    '/data',
  ],
};
/** Names in a Sentinel pod. */
export const SENTINEL_TAKEN: Taken = {
  containers: ['sentinel', 'sentinel-exporter', 'sentinel-config-copy'],
  volumes: ['sentinel-config', 'sentinel-config-writable', 'sentinel-startup-config', 'sentinel-login'],
  paths: ['/redis', '/sentinel-probes', '/sentinel-startup', '/sentinel-login'],
};

const sentinelSchema = (): Schema =>
  object(
    'The Sentinel pods, which choose a new master when the old one is gone.',
    {
      replicas: integer(
        'How many Sentinels. More than half of them must agree on a failover, so use 3 or another odd number. 0 is the same' +
          ' as `enabled: false`; only where spotahome/redis-operator made the Sentinels it is 3, as it was there.',
        {
          minimum: 0,
          maximum: MAX_SENTINELS,
          default: SENTINEL_DEFAULTS.replicas,
        },
      ),
      enabled: flag(
        'Whether there are Sentinels. False: no Sentinel pods and no Service for them. The operator alone decides who is' +
          ' master, so while it is away nothing fails over.',
        { default: SENTINEL_DEFAULTS.enabled },
      ),
      ...componentProperties('Sentinel', SENTINEL_DEFAULTS),
      ...podSettingsSchema('Sentinel', SENTINEL_TAKEN),
      ...sentinelPodSchema(),
      customConfig: sentinelConfigSchema(SENTINEL_DEFAULTS.customConfig),
    },
    { default: {} },
  );

/** `[REGISTRY[:PORT]/]PATH[:TAG][@DIGEST]`. https://github.com/distribution/reference/blob/main/regexp.go */
const IMAGE_REFERENCE = String.raw`^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z0-9+._-]+:[0-9a-fA-F]{32,})?$`;

type Defaults = Required<Pick<ComponentSpec, 'image' | 'imagePullPolicy'>>;

const componentProperties = (name: string, defaults: Defaults): Readonly<Record<string, Schema>> => ({
  image: text(
    `The image of ${name}. Left out, it is that of the pods that run, and for new ones \`${defaults.image}\`.`,
    { minLength: 1, maxLength: MAX_IMAGE_LENGTH, pattern: IMAGE_REFERENCE },
  ),
  imagePullPolicy: text('When the image is pulled.', {
    enum: ['Always', 'IfNotPresent', 'Never'],
    default: defaults.imagePullPolicy,
  }),
  resources: resourcesSchema(name),
  affinity: {
    ...embedded('Affinity'),
    description:
      'Which nodes the pods prefer or need. Replaces the default, which is a preference for different nodes.',
  },
  tolerations: list('Taints of nodes that the pods put up with.', embedded('Toleration')),
  nodeSelector: words('Labels that a node must have.'),
});

const WITHIN_LIMIT =
  '!(name in self.limits) || !quantity(string(self.requests[name])).isGreaterThan(quantity(string(self.limits[name])))';

const resourcesSchema = (name: string): Schema => {
  const { properties = {}, ...same } = embedded('ResourceRequirements');
  return {
    ...same,
    description: `CPU and memory of a ${name} container.`,
    properties: {
      ...properties,
      limits: { ...properties['limits'], maxProperties: MAX_RESOURCES },
      requests: { ...properties['requests'], maxProperties: MAX_RESOURCES },
    },
    ...rules({
      rule: `!has(self.requests) || !has(self.limits) || self.requests.all(name, ${WITHIN_LIMIT})`,
      message: 'must not be more than the limits',
      fieldPath: '.requests',
    }),
  };
};

const labelsSchema = (): Schema =>
  list(
    "Regular expressions (RE2) for the keys of the RedisFailover's labels that its objects and pods get. Without any they get all.",
    { type: 'string', maxLength: MAX_EXPRESSION },
    { maxItems: MAX_EXPRESSIONS },
  );

const SECRET_NAME = {
  maxLength: MAX_NAME_LENGTH,
  pattern: String.raw`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$`,
} as const;

const authSchema = (): Schema =>
  object('How clients authenticate. Without it Redis asks for no password.', {
    secretPath: text(
      "Name of a Secret in the same namespace whose key `password` is the password of Redis' default user. Empty means none.",
      SECRET_NAME,
    ),
    sentinelSecretPath: text(
      'Name of a Secret in the same namespace whose key `password` is the password that Sentinels ask of clients; it may be' +
        ' the same Secret. Empty means that they ask for none. Setting or removing it replaces the Sentinels and rolls the Redis' +
        ' pods; a new value in the Secret restarts nothing. Needs Sentinels of Redis 6.2 or later.',
      SECRET_NAME,
    ),
    internalCredentials: flag(
      'Whether replicas and Sentinels log in to Redis with credentials that no other failover has, so that an address' +
        ' which is reused by another failover is no danger. They are in the Secret `rfi-NAME`, which the operator makes.' +
        ' By default on for a new failover, and as it is for one whose pods already run. Switching it on later rolls the' +
        ' Redis pods; it cannot be switched off later.',
    ),
  });
