/** The schema of what the spec says of pods and containers; `pod-types.ts` has the types. */
import { embedded } from './embedded.ts';
import { flag, list, object, type Rule, rules, type Schema, text, words } from './schema.ts';

/** What other names and paths a pod of a component uses itself. */
export type Taken = {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  readonly paths: readonly string[];
};

/** https://quay.io/repository/oliver006/redis_exporter */
export const EXPORTER_IMAGE = 'quay.io/oliver006/redis_exporter:v1.91.1';

const MAX_LIST = 32;
const MAX_TEXT = 512;
const MAX_NAME = 253;
const CONFIG_MAP_NAME = String.raw`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$`;

/** The fields of both components; `name` is Redis or Sentinel. */
export const podSettingsSchema = (name: string, taken: Taken): Readonly<Record<string, Schema>> => ({
  command: list(
    `Starts ${name} instead of the built-in command${name === 'Redis' ? ', which also sees to it that no data is lost at a start' : ''}.`,
    { type: 'string' },
    { maxItems: MAX_LIST },
  ),
  startupConfigMap: configMapName('startup.sh', 'must succeed before the pod counts as started, after our own check'),
  initContainers: containersSchema('Containers that run to their end before the others start.', taken),
  extraContainers: containersSchema('Containers beside ours.', taken),
  extraVolumes: list('Volumes beside ours.', limited(embedded('Volume')), {
    maxItems: MAX_LIST,
    ...rules(notOneOf('name', taken.volumes)),
  }),
  extraVolumeMounts: list(`Where the ${name} container sees volumes.`, limited(embedded('VolumeMount'), 'mountPath'), {
    maxItems: MAX_LIST,
    ...rules(notOneOf('mountPath', taken.paths)),
  }),
  exporter: exporterSchema(name),
  securityContext: described(
    embedded('PodSecurityContext'),
    'What the pods may do. Replaces the default, which is the restricted level of Pod Security.',
  ),
  containerSecurityContext: described(
    embedded('SecurityContext'),
    `What the ${name} container may do. Replaces the default, which is the restricted level of Pod Security.`,
  ),
  imagePullSecrets: list('Secrets with the login to a registry.', embedded('LocalObjectReference'), {
    maxItems: MAX_LIST,
  }),
  topologySpreadConstraints: list('How the pods are spread over zones or nodes.', embedded('TopologySpreadConstraint')),
  podAnnotations: words('Annotations of the pods.'),
  serviceAnnotations: words('Annotations of the Services.'),
  hostNetwork: flag(
    'Whether the pods use the network of their node. Then only one of them fits on a node: see to it by `affinity`.',
  ),
  dnsPolicy: text(
    'How the pods resolve names. The default is `ClusterFirst`, with hostNetwork `ClusterFirstWithHostNet`.',
    {
      enum: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
    },
  ),
  priorityClassName: text('The priority class of the pods.', { maxLength: MAX_NAME }),
  serviceAccountName: text('The service account of the pods, whose token is then mounted. By default no token is.', {
    maxLength: MAX_NAME,
  }),
  customLivenessProbe: described(embedded('Probe'), `Replaces the liveness probe of the ${name} container.`),
  customReadinessProbe: described(embedded('Probe'), `Replaces the readiness probe of the ${name} container.`),
  customStartupProbe: described(
    embedded('Probe'),
    `Replaces the startup probe of the ${name} container, which waits ${name === 'Redis' ? 'until it has its data, however long that takes' : 'until it was told the master'}.`,
  ),
  disablePodDisruptionBudget: flag('Whether there is no disruption budget, so that a drain may take all pods at once.'),
});

/** The fields of Redis alone. */
export const redisPodSchema = (): Readonly<Record<string, Schema>> => ({
  shutdownConfigMap: configMapName('shutdown.sh', 'runs before Redis is stopped, once a master has been handed over'),
  customCommandRenames: list(
    'Other names for commands of Redis. An empty name switches a command off.',
    object(
      'One command.',
      {
        from: text('The command.', { pattern: '^[A-Za-z][A-Za-z0-9._-]*$', maxLength: 64, ...rules(NEEDED) }),
        to: text('Its new name; empty switches it off.', { pattern: '^[A-Za-z0-9._-]*$', maxLength: 128, default: '' }),
      },
      { required: ['from'] },
    ),
    { maxItems: 64, ...rules(ONCE) },
  ),
  terminationGracePeriod: {
    description: 'Seconds that a pod has to end. The default is 30; a hand-over of the master needs about 10.',
    type: 'integer',
    format: 'int64',
    minimum: 0,
  },
});

/** The fields of Sentinel alone. */
export const sentinelPodSchema = (): Readonly<Record<string, Schema>> => ({
  configCopy: object('The init container that copies the configuration.', {
    containerSecurityContext: described(embedded('SecurityContext'), 'What it may do. Replaces the default.'),
  }),
});

/** Commands that this operator, replicas, Sentinel and the probes send. */
const NEEDED_COMMANDS = [
  'acl',
  'auth',
  'client',
  'config',
  'exec',
  'failover',
  'hello',
  'info',
  'multi',
  'ping',
  'psync',
  'publish',
  'replconf',
  'replicaof',
  'role',
  'save',
  'script',
  'select',
  'slaveof',
  'subscribe',
  'psubscribe',
  'sync',
  'wait',
];
const NEEDED: Rule = {
  rule: `!(self.lowerAscii() in [${NEEDED_COMMANDS.map((command) => `'${command}'`).join(', ')}])`,
  message: 'is a command that the operator, Sentinel or replication needs under its own name',
};
const ONCE: Rule = {
  rule: 'self.all(one, self.exists_one(other, other.from.lowerAscii() == one.from.lowerAscii()))',
  message: 'names a command twice',
};

const exporterSchema = (name: string): Schema =>
  object(`A sidecar that serves metrics of ${name} to Prometheus.`, {
    enabled: flag('Whether there is one.'),
    image: text(`Its image, by default \`${EXPORTER_IMAGE}\`.`, { maxLength: MAX_TEXT }),
    imagePullPolicy: text('When its image is pulled.', { enum: ['Always', 'IfNotPresent', 'Never'] }),
    containerSecurityContext: described(embedded('SecurityContext'), 'What it may do. Replaces the default.'),
    args: list('Its arguments.', { type: 'string' }),
    env: list('Its environment, before ours.', embedded('EnvVar')),
    resources: described(embedded('ResourceRequirements'), 'Its CPU and memory, by default at most 1 CPU and 100Mi.'),
  });

const containersSchema = (description: string, { containers }: Taken): Schema =>
  list(description, limited(embedded('Container')), { maxItems: MAX_LIST, ...rules(notOneOf('name', containers)) });

const configMapName = (key: string, what: string): Schema =>
  text(`Name of a config map in the same namespace whose key \`${key}\` is a shell script that ${what}.`, {
    maxLength: MAX_NAME,
    pattern: CONFIG_MAP_NAME,
  });

const described = (schema: Schema, description: string): Schema => ({ ...schema, description });

/** A rule costs by the longest value that its member may have. */
const limited = (schema: Schema, member = 'name'): Schema => ({
  ...schema,
  properties: {
    ...schema.properties,
    [member]: { ...schema.properties?.[member], type: 'string', maxLength: MAX_TEXT },
  },
});

const notOneOf = (member: string, taken: readonly string[]): Rule => ({
  rule: `self.all(one, !(one.${member} in [${taken.map((name) => `'${name}'`).join(', ')}]))`,
  message: `${member} must not be one of ours: ${taken.join(', ')}`,
});
