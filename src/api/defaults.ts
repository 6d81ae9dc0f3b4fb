/** The values a spec has where the user wrote none: the same as the CRD's schema materialises. */
import type { RedisFailover, RedisFailoverSpec, RedisSpec, SentinelSpec, StorageSpec } from './types.ts';

type Defaulted<Spec, Key extends keyof Spec> = Omit<Spec, Key> & { readonly [Field in Key]-?: NonNullable<Spec[Field]> };

export type DefaultedRedisSpec = Defaulted<RedisSpec, 'replicas' | 'image' | 'imagePullPolicy' | 'port' | 'customConfig' | 'storage'>;
export type DefaultedSentinelSpec = Defaulted<SentinelSpec, 'replicas' | 'image' | 'imagePullPolicy' | 'customConfig'>;

/** What every stored object has. */
type StoredMetadata = { readonly name: string; readonly namespace: string; readonly uid: string };

/** A RedisFailover in which nothing that has a default is missing. */
export type DefaultedFailover = Omit<RedisFailover, 'spec' | 'metadata'> & {
  readonly metadata: RedisFailover['metadata'] & StoredMetadata;
  readonly spec: Omit<RedisFailoverSpec, 'redis' | 'sentinel'> & {
    readonly redis: DefaultedRedisSpec;
    readonly sentinel: DefaultedSentinelSpec;
  };
};

export const DEFAULT_IMAGE = 'redis:8.0.2';
export const DEFAULT_REPLICAS = 3;
export const DEFAULT_PORT = 6379;
export const DEFAULT_PULL_POLICY = 'IfNotPresent';
/** A user's list replaces this one. Times in milliseconds. */
export const DEFAULT_SENTINEL_CONFIG: readonly string[] = ['down-after-milliseconds 5000', 'failover-timeout 10000'];
const DEFAULT_STORAGE: StorageSpec = {};

/** Fills in the defaults; what the user wrote stays. Works without a spec too. */
export const withDefaults = (failover: Omit<RedisFailover, 'spec'> & { readonly spec?: RedisFailoverSpec }): DefaultedFailover => ({
  ...failover,
  metadata: {
    ...failover.metadata,
    name: failover.metadata.name ?? '',
    namespace: failover.metadata.namespace ?? '',
    uid: failover.metadata.uid ?? '',
  },
  spec: {
    ...failover.spec,
    redis: {
      ...failover.spec?.redis,
      replicas: failover.spec?.redis?.replicas ?? DEFAULT_REPLICAS,
      image: failover.spec?.redis?.image ?? DEFAULT_IMAGE,
      imagePullPolicy: failover.spec?.redis?.imagePullPolicy ?? DEFAULT_PULL_POLICY,
      port: failover.spec?.redis?.port ?? DEFAULT_PORT,
      customConfig: failover.spec?.redis?.customConfig ?? [],
      storage: failover.spec?.redis?.storage ?? DEFAULT_STORAGE,
    },
    sentinel: {
      ...failover.spec?.sentinel,
      replicas: failover.spec?.sentinel?.replicas ?? DEFAULT_REPLICAS,
      image: failover.spec?.sentinel?.image ?? DEFAULT_IMAGE,
      imagePullPolicy: failover.spec?.sentinel?.imagePullPolicy ?? DEFAULT_PULL_POLICY,
      customConfig: failover.spec?.sentinel?.customConfig ?? DEFAULT_SENTINEL_CONFIG,
    },
  },
});
