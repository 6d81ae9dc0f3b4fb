/** Names, labels and ports that users, their clients and spotahome's installations rely on. None may change. */

export const GROUP = 'databases.spotahome.com';
export const VERSION = 'v1';
export const KIND = 'RedisFailover';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** The name under which Sentinel knows the master. */
export const MASTER_NAME = 'mymaster';
export const SENTINEL_PORT = 26379;

/** The longest `metadata.name` for which every name derived from it is legal. */
export const NAME_LENGTH_LIMIT = 48;

export const ROLE_LABEL = 'redisfailovers-role';
export const NAME_LABEL = 'redisfailovers.databases.spotahome.com/name';

/** Annotation that asks for one planned change of master; see docs/planned-changes.md. */
export const HAND_OVER_ANNOTATION = 'databases.spotahome.com/hand-over-to';

/** How the operator names its connections in CLIENT LIST; the preStop script looks for it. */
export const REDIS_CLIENT_NAME = 'redis-operator';

/** Annotation of a RedisFailover: `"true"` holds a rolling update after the pod that is under way. */
export const PAUSE_ANNOTATION = `${GROUP}/pause-rolling-update`;

/** Annotation of the StatefulSet: `true` while it has one replica more than the spec asks for, `no-room` while a roll goes on without. */
export const SURGE_ANNOTATION = `redisfailovers.${GROUP}/surge`;

/** Annotation of a Redis pod that was resized in place: the revision of the StatefulSet that it matches since. */
export const REVISION_ANNOTATION = `redisfailovers.${GROUP}/revision`;

/**
 * Annotation of a pod: the keys of its labels that it has from the RedisFailover, separated by commas. Of a workload: those in
 * its template, where another operator made it.
 */
export const INHERITED_ANNOTATION = `redisfailovers.${GROUP}/inherited-labels`;

/**
 * Annotation of the config map `rfr-NAME`: which parameters some Redis may have from customConfig, sorted, with commas between
 * them. Of those without a known default, `?` means that no Redis took it yet, and `@TIME` that it was removed while the
 * youngest pod was made then.
 */
export const CUSTOMIZED_ANNOTATION = `redisfailovers.${GROUP}/customized`;

/** Field manager of everything the operator applies. */
export const FIELD_MANAGER = 'redis-operator';

/** Value of the role label. `slave` is the wire word of Redis and the label that spotahome's Services select. */
export type RoleLabel = 'master' | 'slave';

/** StatefulSet, config map, headless Service and disruption budget of Redis; also the Secret with its rendered login. */
export const redisName = (name: string): string => `rfr-${name}`;
/** Deployment, config map, Service and disruption budget of Sentinel; also the Secret with what its pods start from. */
export const sentinelName = (name: string): string => `rfs-${name}`;
/** Service of the master, for clients without Sentinel support. */
export const masterServiceName = (name: string): string => `rfrm-${name}`;
/** Service of the replicas. */
export const replicasServiceName = (name: string): string => `rfrs-${name}`;
/** Config map of the preStop script. */
export const shutdownName = (name: string): string => `rfr-s-${name}`;
/** Config map of the probe scripts. */
export const readinessName = (name: string): string => `rfr-readiness-${name}`;
/** Secret with the credentials that Redis and Sentinel of one failover use among themselves. */
export const internalName = (name: string): string => `rfi-${name}`;

/** The ACL user that replicas and Sentinels log in as, and the operator to Sentinels; its passwords are the failover's own. */
export const INTERNAL_USER = 'redis-operator-internal';

/** What spotahome's operator wrote into the label `app.kubernetes.io/part-of` of everything. */
export const PREDECESSORS_PART_OF = 'redis-failover';

export type Component = 'redis' | 'sentinel';

/** The labels by which Services and budgets find a component's pods: those of this operator's and spotahome's workloads alike. */
export const memberLabels = (name: string, component: Component): Record<string, string> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/component': component,
  [NAME_LABEL]: name,
});

/** The selector of a new workload: stable, whatever labels the user puts on the RedisFailover. */
export const selectorLabels = (name: string, component: Component): Record<string, string> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': name,
  'app.kubernetes.io/component': component,
});

/** The labels of every object and pod of a component. */
export const componentLabels = (name: string, component: Component): Record<string, string> => ({
  ...selectorLabels(name, component),
  'app.kubernetes.io/managed-by': 'redis-operator',
  [NAME_LABEL]: name,
});
