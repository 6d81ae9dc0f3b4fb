/** The RedisFailover as users write it and as the API server stores it (group `databases.spotahome.com`, version `v1`). */
import type {
  Affinity,
  EmptyDirVolumeSource,
  PersistentVolumeClaimSpec,
  ResourceRequirements,
  Toleration,
} from 'kubernetes-types/core/v1.js';
import type { Condition, ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { FailoverRecord } from './failover-record.ts';
import type { PodSettings, RedisPodSettings, SentinelPodSettings } from './pod-types.ts';

export type RedisFailover = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec: RedisFailoverSpec;
  readonly status?: RedisFailoverStatus;
};

/** What the user asks for. Every default stands in the CRD's schema and, for objects stored before it, in `defaults.ts`. */
export type RedisFailoverSpec = {
  readonly redis?: RedisSpec;
  readonly sentinel?: SentinelSpec;
  readonly auth?: AuthSpec;
  readonly bootstrapNode?: BootstrapNode;
  /** RE2 expressions for the keys of the RedisFailover's labels that its objects and pods get; none means all. */
  readonly labelWhitelist?: readonly string[];
};

/** Settings that Redis and Sentinel pods share. */
export type ComponentSpec = PodSettings & {
  readonly replicas?: number;
  readonly image?: string;
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  readonly resources?: ResourceRequirements;
  /** Lines `parameter value …`; for Sentinel without the word `sentinel` and without the master's name. */
  readonly customConfig?: readonly string[];
  readonly affinity?: Affinity;
  readonly tolerations?: readonly Toleration[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
};

/** What counts more when the two cannot be had together; see `spec-schema.ts` for what each means. */
export type DataSafety = 'Availability' | 'Consistency';

/** What becomes of writes that the master never had; see `divergent-data-schema.ts`. */
export type DivergentData = 'Discard' | 'Keep';

export type RedisSpec = ComponentSpec &
  RedisPodSettings & {
    readonly port?: number;
    readonly dataSafety?: DataSafety;
    readonly divergentData?: DivergentData;
    readonly storage?: StorageSpec;
  };

export type SentinelSpec = ComponentSpec &
  SentinelPodSettings & {
    /** False: no Sentinels; the operator itself decides who is master. */
    readonly enabled?: boolean;
  };

/** Where Redis keeps `/data`: a claim wins over an emptyDir; neither means an emptyDir. */
export type StorageSpec = {
  /** True leaves the volumes behind when the RedisFailover is deleted. */
  readonly keepAfterDeletion?: boolean;
  readonly emptyDir?: EmptyDirVolumeSource;
  readonly persistentVolumeClaim?: EmbeddedClaim;
};

/** A claim template. `metadata.name` becomes the volume's name. */
export type EmbeddedClaim = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: PersistentVolumeClaimSpec;
};

/** A Redis outside the failover that all its pods follow; see `bootstrap-schema.ts`. spotahome's CRD required none of it. */
export type BootstrapNode = {
  readonly host?: string;
  readonly port?: number | string;
  readonly allowSentinels?: boolean;
  /** Names a Secret whose key `password` is its password; left out, it is that of `auth.secretPath`, and empty means none. */
  readonly secretPath?: string;
};

export type AuthSpec = {
  /** Names a Secret in the same namespace whose key `password` is the password of Redis' default user. */
  readonly secretPath?: string;
  /** Names a Secret in the same namespace whose key `password` Sentinels require from clients. */
  readonly sentinelSecretPath?: string;
  /** Whether replicas and Sentinels log in with credentials of this failover alone; see `core/credentials.ts` for no value. */
  readonly internalCredentials?: boolean;
};

/**
 * One word for the state, in the order a new failover goes through them: `Pending` nothing runs yet; `Starting` pods run,
 * no master yet; `Ready` everything as asked; `Updating` healthy, a roll or a scale under way; `Degraded` a master serves,
 * something else is wrong; `Down` it had a master and has none.
 */
export type Phase = 'Pending' | 'Starting' | 'Ready' | 'Updating' | 'Degraded' | 'Down';

/** What the operator last saw. Written in one place, only when it differs. */
export type RedisFailoverStatus = {
  readonly observedGeneration?: number;
  readonly phase?: Phase;
  readonly conditions?: readonly Condition[];
  /** What keeps it from being Ready, as the end of "waiting for …"; undefined when nothing does. */
  readonly waitingFor?: string;
  readonly master?: MasterStatus;
  /** Without Sentinels: the pod that the operator chose to be master, written before it is made master. */
  readonly elected?: string;
  readonly bootstrap?: BootstrapStatus;
  readonly redis?: ComponentStatus;
  readonly sentinel?: ComponentStatus;
  readonly pods?: readonly PodStatus[];
  readonly dataSafety?: DataSafetyStatus;
  readonly storage?: StorageStatus;
  readonly divergence?: DivergenceStatus;
  readonly handOver?: HandOverStatus;
  /** The newest first. */
  readonly failovers?: readonly FailoverRecord[];
};

/** How large the volumes are, as quantities. A request of the spec may be lowered as far as the largest. */
export type StorageStatus = { readonly smallestVolume: string; readonly largestVolume: string };

/** The last Redis that held writes which the master never had, and lost them when it began to follow it, or kept them in a file. */
export type DivergenceStatus = {
  readonly pod: string;
  /** Redis' `master_replid` of the history that was given up. */
  readonly replicationId: string;
  /** Of its replication stream; undefined when it is not known how much the master lacks. */
  readonly bytes?: number;
  readonly time: string;
  /** `pod:path` of the file they are kept in. */
  readonly keptAs?: string;
};

/** How much acknowledged data the loss of the master may cost now. Holds no number that moves while nothing happens. */
export type DataSafetyStatus = {
  readonly mode: DataSafety;
  /** What the master has now; undefined without a master. */
  readonly minReplicasToWrite?: number;
  readonly maxLagSeconds?: number;
  /** The bound as a sentence. */
  readonly bound: string;
};

/**
 * What became of the change of master that the annotation asks for. Done and Refused are final for this value of the
 * annotation; another value is another request.
 */
export type HandOverStatus = {
  /** The annotation's value. */
  readonly request: string;
  readonly state: 'Waiting' | 'Done' | 'Refused';
  /** The master when the request was first seen; '' when there was none. */
  readonly from: string;
  /** The pod that was asked for, or `any`; once Done, the pod that is master. */
  readonly to: string;
  readonly message: string;
  /** Since when it is in this state (RFC 3339). */
  readonly time: string;
};

/** The master that was last confirmed; kept while there is none, because recovery compares data with it. */
export type MasterStatus = {
  readonly pod: string;
  /** `ip:port`. */
  readonly address: string;
  /** Redis' `master_replid` at that time: the history that later candidates are compared with. */
  readonly replicationId: string;
};

/** The Redis outside that all pods follow, or followed: it stays until they all have left it. */
export type BootstrapStatus = {
  /** `host:port`. */
  readonly source: string;
  /** How many pods have all its data, `in sync/wanted`. */
  readonly inSync: string;
  /** When the first pod had all its data (RFC 3339); undefined while none did. */
  readonly since?: string;
};

export type ComponentStatus = {
  readonly replicas: number;
  readonly ready: number;
  /** `ready/wanted`, for the printer column. */
  readonly summary: string;
  /** Label selector of the pods, for the scale subresource. */
  readonly selector: string;
  /** The versions that run, oldest first; undefined when no pod says. */
  readonly version?: string;
};

export type PodStatus = {
  readonly name: string;
  /** `unknown` for a Redis that does not answer. */
  readonly role: 'master' | 'replica' | 'sentinel' | 'unknown';
  readonly ready: boolean;
  readonly version?: string;
  /** Bytes of the replication stream, when the status was written; it moves all the time. */
  readonly offset?: number;
  /** How many of them a replica lacks. */
  readonly lagBytes?: number;
};
