/** What a field means that nobody wrote. The CRD's schema takes its defaults from here, so the two cannot differ. */
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import { DEFAULT_SOURCE_PORT } from './bootstrap-schema.ts';
import type { Component } from './names.ts';
import type {
  AuthSpec,
  BootstrapNode,
  ComponentSpec,
  DataSafety,
  DivergentData,
  RedisFailover,
  RedisSpec,
  SentinelSpec,
  StorageSpec,
} from './types.ts';

/** The Redis and Sentinel of Debian 13 (trixie). */
const IMAGE = 'redis:8.0.2';

export const REDIS_DEFAULTS = {
  replicas: 3,
  image: IMAGE,
  imagePullPolicy: 'IfNotPresent',
  port: 6379,
  dataSafety: 'Availability',
  divergentData: 'Discard',
  customConfig: [],
  storage: { keepAfterDeletion: false },
} as const satisfies RedisSpec;

export const SENTINEL_DEFAULTS = {
  enabled: true,
  replicas: 3,
  image: IMAGE,
  imagePullPolicy: 'IfNotPresent',
  customConfig: ['down-after-milliseconds 5000', 'failover-timeout 10000'],
} as const satisfies SentinelSpec;

type Defaulted = 'replicas' | 'image' | 'imagePullPolicy' | 'customConfig';
type WithDefaults<T extends ComponentSpec> = T & Required<Pick<T, Defaulted>>;
/** The images while the spec names none. */
export type DefaultImages = Readonly<Record<Component, string>>;
/** What the workloads say that are there already. */
export type Existing = Partial<DefaultImages> & {
  /** The predecessor made the Sentinels. For it no replicas meant the default. */
  readonly predecessorsSentinels?: true;
};

export type DefaultedStorage = StorageSpec & Required<Pick<StorageSpec, 'keepAfterDeletion'>>;
export type DefaultedRedis = WithDefaults<RedisSpec> & {
  readonly port: number;
  readonly dataSafety: DataSafety;
  readonly divergentData: DivergentData;
  readonly storage: DefaultedStorage;
};
/**
 * Without Sentinels `enabled` is false and `replicas` 0, whichever of the two the spec says, also where that is so only while
 * a source is followed.
 */
export type DefaultedSentinel = WithDefaults<SentinelSpec> & { readonly enabled: boolean };

/** An empty host, or a port that is NaN, is one that cannot be followed: spotahome's CRD let them pass. */
export type DefaultedBootstrapNode = Omit<BootstrapNode, 'host' | 'port' | 'allowSentinels'> & {
  readonly host: string;
  readonly port: number;
  readonly allowSentinels: boolean;
};

/** A RedisFailover as the cache holds it: named, with a uid, and with a value wherever there is a default. */
export type DefaultedFailover = Omit<RedisFailover, 'metadata' | 'spec'> & {
  readonly defaultImages: DefaultImages;
  readonly metadata: ObjectMeta & { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly redis: DefaultedRedis;
    readonly sentinel: DefaultedSentinel;
    readonly auth?: AuthSpec;
    readonly bootstrapNode?: DefaultedBootstrapNode;
    readonly labelWhitelist?: readonly string[];
  };
};

/** A RedisFailover from before the CRD had a default for the spec may lack it altogether. */
type Stored = Omit<RedisFailover, 'spec'> & Partial<Pick<RedisFailover, 'spec'>>;

/**
 * The object with every default filled in, the image as well, which the schema leaves out: an image that nobody named stays
 * what it is, also when a later release has another default. What the API server does for objects of our CRD; here also for objects that
 * spotahome's CRD stored, where zero replicas, port 0, an empty image and an empty Sentinel configuration mean the default. Zero
 * Sentinels mean none, unless there are some of spotahome's, which a takeover must not remove.
 */
export const withDefaults = ({ spec = {}, ...stored }: Stored, existing: Existing = {}): DefaultedFailover => {
  const { name = '', namespace = '', uid = '' } = stored.metadata;
  const { bootstrapNode, ...rest } = spec;
  const source = bootstrapNode && defaultedBootstrapNode(bootstrapNode);
  const sentinel = defaultedSentinel(spec.sentinel, existing);
  const withoutSentinels = isBootstrapping({ ...stored, spec }) && source?.allowSentinels !== true;
  return {
    ...stored,
    defaultImages: { redis: existing.redis ?? IMAGE, sentinel: existing.sentinel ?? IMAGE },
    metadata: { ...stored.metadata, name, namespace, uid },
    spec: {
      ...rest,
      ...(source && { bootstrapNode: source }),
      redis: defaultedRedis(spec.redis, existing.redis),
      sentinel: withoutSentinels ? { ...sentinel, enabled: false, replicas: 0 } : sentinel,
    },
  };
};

/** Whether all pods follow the source of the spec. Not once there was a master: its data would be overwritten. */
export const isBootstrapping = ({
  spec,
  status,
}: {
  readonly spec: { readonly bootstrapNode?: BootstrapNode };
  readonly status?: RedisFailover['status'];
}): boolean => spec.bootstrapNode !== undefined && status?.master === undefined;

const defaultedBootstrapNode = ({
  host = '',
  port,
  allowSentinels,
  ...spec
}: BootstrapNode): DefaultedBootstrapNode => ({
  ...spec,
  host,
  port: port === undefined || port === '' ? DEFAULT_SOURCE_PORT : portOf(port),
  allowSentinels: allowSentinels ?? false,
});

const portOf = (port: number | string): number => (/^\d{1,5}$/.test(String(port)) ? Number(port) : Number.NaN);

const defaultedRedis = (spec: RedisSpec = {}, image: string = IMAGE): DefaultedRedis => ({
  ...spec,
  ...common(spec, { ...REDIS_DEFAULTS, image }),
  port: positive(spec.port, REDIS_DEFAULTS.port),
  dataSafety: spec.dataSafety ?? REDIS_DEFAULTS.dataSafety,
  divergentData: spec.divergentData ?? REDIS_DEFAULTS.divergentData,
  storage: { ...REDIS_DEFAULTS.storage, ...spec.storage },
});

const defaultedSentinel = (
  spec: SentinelSpec = {},
  { sentinel: image = IMAGE, predecessorsSentinels }: Existing,
): DefaultedSentinel => {
  const sentinel = { ...spec, ...common(spec, { ...SENTINEL_DEFAULTS, image }) };
  const { customConfig, replicas } = sentinel;
  const enabled = spec.enabled !== false && (spec.replicas !== 0 || predecessorsSentinels === true);
  return {
    ...sentinel,
    enabled,
    replicas: enabled ? replicas : 0,
    customConfig: customConfig.length > 0 ? customConfig : SENTINEL_DEFAULTS.customConfig,
  };
};

type Common = Required<Pick<ComponentSpec, Defaulted>>;

const common = (spec: ComponentSpec, defaults: Common): Common => ({
  replicas: positive(spec.replicas, defaults.replicas),
  image: spec.image || defaults.image,
  imagePullPolicy: spec.imagePullPolicy || defaults.imagePullPolicy,
  customConfig: spec.customConfig ?? defaults.customConfig,
});

const positive = (value: number | undefined, byDefault: number): number =>
  value !== undefined && value > 0 ? value : byDefault;
