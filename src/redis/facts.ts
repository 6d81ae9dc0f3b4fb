/** What a Redis and a Sentinel say of themselves, parsed. */

/** From INFO. https://redis.io/docs/latest/commands/info/ */
export type RedisFacts = {
  readonly runId: string;
  readonly version: string;
  readonly loading: boolean;
  readonly role: 'master' | 'replica';
  readonly masterHost: string | undefined;
  readonly masterPort: number | undefined;
  readonly masterLinkStatus: 'up' | 'down' | undefined;
  readonly masterSyncInProgress: boolean;
  readonly replicationId: string;
  /** The history before the last promotion, valid up to `secondOffset`; zeros when there is none. */
  readonly secondReplicationId: string;
  readonly secondOffset: number;
  /** Bytes of the replication stream that this process has: `master_repl_offset`, which both roles report. */
  readonly offset: number;
  readonly replicaPriority: number;
  readonly connectedReplicas: readonly { readonly ip: string; readonly port: number; readonly offset: number }[];
  /** Keys in all databases. */
  readonly keys: number;
};

/** An instance in a Sentinel's list. `flags` such as `slave`, `s_down`, `failover_in_progress`. */
export type SentinelInstance = { readonly ip: string; readonly port: number; readonly flags: readonly string[] };

export type SentinelMaster = SentinelInstance & {
  readonly configEpoch: number;
  readonly quorum: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  readonly parallelSyncs: number;
};

/** A Sentinel's whole opinion on one master. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/ */
export type SentinelFacts = {
  readonly myId: string;
  readonly tilt: boolean;
  /** Undefined when it watches no master of that name. */
  readonly master: SentinelMaster | undefined;
  readonly replicas: readonly SentinelInstance[];
  readonly sentinels: readonly (SentinelInstance & { readonly lastHelloMessageMs: number })[];
};
