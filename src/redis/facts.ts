/** What a Redis and a Sentinel say of themselves, parsed. */

/** From INFO. https://redis.io/docs/latest/commands/info/ */
export type RedisFacts = {
  readonly runId: string;
  /** Of Redis, or of Valkey, which also claims to be a Redis. */
  readonly version: string;
  readonly uptimeSeconds: number;
  /** The redis.conf it was started with; undefined when it has none. */
  readonly configFile: string | undefined;
  readonly loading: boolean;
  readonly role: 'master' | 'replica';
  readonly masterHost: string | undefined;
  readonly masterPort: number | undefined;
  readonly masterLinkStatus: 'up' | 'down' | undefined;
  readonly masterSyncInProgress: boolean;
  /** Since its link to its master broke; undefined while it is up, and where it never was. */
  readonly masterLinkDownSeconds: number | undefined;
  /** Since it last heard from its master; undefined for a master and while the link is down. */
  readonly masterLastIoSecondsAgo: number | undefined;
  readonly replicationId: string;
  /** The history before the last promotion, valid up to `secondOffset`; zeros when there is none. */
  readonly secondReplicationId: string;
  readonly secondOffset: number;
  /**
   * Bytes of the replication stream that this process has applied: `master_repl_offset`, which both roles report and
   * which a replica keeps when it is promoted, so that it is comparable across the pods of one replication history.
   */
  readonly offset: number;
  readonly replicaPriority: number;
  /** Replicas that are online, with what they acknowledged last. */
  readonly connectedReplicas: readonly ConnectedReplica[];
  /**
   * Replicas whose acknowledgement is no older than `min-replicas-max-lag`, by which this master decides whether it writes;
   * undefined while it requires none.
   */
  readonly goodReplicas: number | undefined;
  /** Keys in all databases. */
  readonly keys: number;
  /** Milliseconds since 1970; a process that never saved says when it started. */
  readonly rdbLastSaveAt: number | undefined;
  readonly aofEnabled: boolean;
  /** Whether a child saves at the moment, or what came of the last one; `ok` when there was none. */
  readonly backgroundSave: 'running' | 'ok' | 'failed';
};

export type ConnectedReplica = {
  readonly ip: string;
  readonly port: number;
  readonly offset: number;
  /** Since its last acknowledgement. */
  readonly lagSeconds: number;
};

/** `min-replicas-to-write` and `min-replicas-max-lag`. https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#allow-writes-only-with-n-attached-replicas */
export type RequiredReplicas = { readonly toWrite: number; readonly maxLagSeconds: number };

/** An instance in a Sentinel's list. `flags` such as `slave`, `s_down`, `failover_in_progress`. */
export type SentinelInstance = {
  readonly ip: string;
  readonly port: number;
  /** Empty until the Sentinel has spoken with the instance. */
  readonly runId: string;
  readonly flags: readonly string[];
  /** Since the last good answer to a PING. */
  readonly lastOkPingReplyMs: number;
};

export type SentinelMaster = SentinelInstance & {
  readonly configEpoch: number;
  readonly quorum: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  readonly parallelSyncs: number;
  readonly knownReplicas: number;
  readonly knownSentinels: number;
  /** Such as `wait_promotion`; undefined when no failover runs that this Sentinel leads. */
  readonly failoverState: string | undefined;
  /** What the instance says it is. */
  readonly roleReported: 'master' | 'replica';
  /** Since the Sentinel last read its INFO. */
  readonly infoRefreshMs: number;
};

export type SentinelReplica = SentinelInstance & {
  readonly masterHost: string | undefined;
  readonly masterPort: number | undefined;
  readonly masterLinkUp: boolean;
  readonly priority: number;
  readonly offset: number;
  /** 0 when the Sentinel has not read its INFO yet; such a replica is never elected. */
  readonly infoRefreshMs: number;
  /** How long this Sentinel has held it for down; undefined when it does not. */
  readonly downForMs: number | undefined;
};

export type SentinelPeer = SentinelInstance & { readonly lastHelloMessageMs: number };

/** A Sentinel's whole opinion on one master. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/ */
export type SentinelFacts = {
  readonly myId: string;
  /** As of a Redis. */
  readonly version: string;
  readonly tilt: boolean;
  /** How often it reads the INFO of masters and replicas; undefined before Redis 7.0, which cannot tell or change it. */
  readonly infoPeriodMs: number | undefined;
  /** Undefined when it watches no master of that name. */
  readonly master: SentinelMaster | undefined;
  readonly replicas: readonly SentinelReplica[];
  readonly sentinels: readonly SentinelPeer[];
};
