/**
 * Everything the operator knows about one failover at one moment, as plain data. A pod that does not answer is a fact
 * here, not an error. `decide` sees nothing else.
 */
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { PersistentVolumeClaim, PodTemplateSpec, ResourceRequirements } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../api/defaults.ts';
import type { FailoverCause } from '../api/failover-record.ts';
import type { RoleLabel } from '../api/names.ts';
import type { KubeObject } from '../ports.ts';

export type Observation = {
  /** Milliseconds since 1970: the only time that decisions see. */
  readonly at: number;
  readonly failover: DefaultedFailover;
  readonly redis: readonly RedisPod[];
  readonly sentinels: readonly SentinelPod[];
  readonly children: Children;
  readonly login: Login;
  /** Passwords in other Secrets, that pods from an earlier spec were started with. */
  readonly earlierPasswords: readonly string[];
  readonly internal: InternalLogin;
  /** The login to the source that all pods follow while `spec.bootstrapNode` is there. */
  readonly sourceLogin: Login;
  readonly sentinelAccess: SentinelAccess;
  /** Since when this operator looks at the failover. */
  readonly watchedSince?: number;
  /** When this operator last asked Sentinel for a failover, and when a hand-over last failed. */
  readonly failoverRequestedAt?: number | undefined;
  /** What pods on an older revision of the StatefulSet were made from, by revision; `gone` where it is kept no more. */
  readonly oldTemplates: ReadonlyMap<string, PodTemplateSpec | 'gone'>;
  /** Pods, by uid, that the API server does not resize to a revision. */
  readonly resizesRefused: ReadonlyMap<string, string>;
  /** The labels that this operator last gave to a pod, by the pod's uid. */
  readonly labelsGiven: ReadonlyMap<string, LabelsGiven>;
  /** What the API server said when it refused to resize a claim, by the claim's uid. */
  readonly claimsRefused: ReadonlyMap<string, ClaimRefusal>;
  /** What Kubernetes warned of last, by uid: of pods that are not ready, and of a StatefulSet that lacks pods. */
  readonly warnings: ReadonlyMap<string, KubeWarning>;
  readonly handOverFailedAt?: number | undefined;
  /** What the second master that this operator demoted last held alone. */
  readonly divergence?: Divergence | undefined;
  /** What this operator last saw of the master; undefined when it has seen none. */
  readonly masterTrace?: MasterTrace | undefined;
  /** The last change of master that this operator carried out. */
  readonly masterChange?: MasterChange | undefined;
  /** How far Redis pods, by uid, are with saving what the master never had. */
  readonly keeping: ReadonlyMap<string, Keeping>;
};

/** A Redis whose writes the master never had. `bytes` of its replication stream; undefined when that cannot be known. */
export type Divergence = {
  readonly pod: string;
  readonly replicationId: string;
  readonly bytes: number | undefined;
  readonly at: number;
};

/**
 * The save of one process' data of one history. `at`: when it was last known to run, or when it failed, in milliseconds since
 * 1970.
 */
export type Keeping = { readonly runId: string; readonly replicationId: string } & (
  | { readonly state: 'saving'; readonly at: number }
  | { readonly state: 'kept' }
  | { readonly state: 'failed'; readonly at: number; readonly error: string }
);

/** The objects that belong to the failover, as the cache holds them; `others` are keyed `Kind/name`. */
export type Children = {
  readonly statefulSet?: StatefulSet;
  readonly deployment?: Deployment;
  readonly claims: readonly PersistentVolumeClaim[];
  readonly others: ReadonlyMap<string, KubeObject>;
};

/** A claim that the API server did not let have a size. `at` is in milliseconds since 1970. */
export type ClaimRefusal = { readonly size: string; readonly message: string; readonly at: number };

/** An Event of type Warning. `at` is when it happened last, in milliseconds since 1970. */
export type KubeWarning = {
  readonly reason: string;
  readonly message: string;
  readonly at: number;
  /** Nothing has happened to the object since. */
  readonly latest: boolean;
};

/** `asked` is the fingerprint of what the pod was to inherit; `at` is in milliseconds since 1970. */
export type LabelsGiven = { readonly asked: string; readonly at: number };

/** The password: not asked for, read from the Secret, or asked for and not to be had. */
export type Login =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'password';
      readonly password: string;
      /** The Secret has line breaks behind it, which are not part of it but of what containers get from Kubernetes. */
      readonly endsInLineBreak?: true;
    }
  | { readonly kind: 'missing'; readonly message: string };

/**
 * The credentials that replicas and Sentinels use: not used by this failover, read from their Secret, or yet to be made.
 * `since` is when the Secret was made, in milliseconds since 1970.
 */
export type InternalLogin =
  | { readonly kind: 'none' }
  | { readonly kind: 'password'; readonly password: string; readonly sha256: string; readonly since: number }
  | { readonly kind: 'missing' };

/** What Sentinels ask of those who connect to them. */
export type SentinelAccess = {
  /** The password of clients: not asked for, read from the user's Secret, or asked for and not to be had. */
  readonly clients:
    | { readonly kind: 'none' }
    | { readonly kind: 'password'; readonly password: string; readonly sha256: string }
    | { readonly kind: 'missing'; readonly message: string };
  /**
   * The internal user's, from Secret `rfs-NAME`; undefined where there is none. `since` is when the Secret was made, in
   * milliseconds since 1970.
   */
  readonly own: { readonly password: string; readonly sha256: string; readonly since: number } | undefined;
};

/** What Kubernetes says of a pod. Times are milliseconds since 1970. */
export type PodFacts = {
  readonly name: string;
  readonly uid: string;
  readonly ip: string | undefined;
  readonly node: string | undefined;
  readonly createdAt: number;
  readonly deleting: boolean;
  /** When its deletion was asked for, to the second, and how long it may take from then; undefined while it is not deleted. */
  readonly deletion: { readonly askedAt: number; readonly graceMs: number } | undefined;
  /** Why Kubernetes is about to end the pod (the reason of its condition DisruptionTarget): eviction, preemption, a taint. */
  readonly disruption: string | undefined;
  /** Its node takes no new pods: a drain may follow. */
  readonly cordoned: boolean;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly ready: boolean;
  /** Since when it is ready; undefined while it is not. */
  readonly readySince: number | undefined;
  readonly container: ContainerFacts;
  readonly restarts: number;
  /** Of the StatefulSet, that the pod was made from or matches since it was resized. */
  readonly revision: string | undefined;
  readonly roleLabel: RoleLabel | undefined;
  /** The Secret with the password that its Redis was started with; undefined where it was started without one. */
  readonly passwordSecret: string | undefined;
  readonly labelling: LabelFacts;
  /** Its Redis starts with the internal credentials. */
  readonly mountsInternal: boolean;
  /** Its Sentinel starts with the users of Secret `rfs-NAME`. */
  readonly mountsSentinelLogin: boolean;
  readonly resize: ResizeFacts;
  readonly owners: OwnerFacts;
};

/** The labels of a pod, and the keys of those that it has from the RedisFailover. */
export type LabelFacts = {
  readonly labels: Readonly<Record<string, string>>;
  readonly inherited: readonly string[];
};

/** The uids of the objects that a pod is deleted with, and of the one among them that controls it. */
export type OwnerFacts = { readonly uids: readonly string[]; readonly controller: string | undefined };

/** Resources of a running pod, and how far the node is with a change of them. */
export type ResizeFacts = {
  /** What the pod asks for, by container. */
  readonly asked: Readonly<Record<string, ResourceRequirements>>;
  /** A container wants to be restarted for a change. */
  readonly restarts: boolean;
  /** `since` is in milliseconds since 1970; undefined while the node has not looked at it. */
  readonly progress:
    | { readonly kind: 'done' }
    | { readonly kind: 'under-way'; readonly since: number | undefined }
    | { readonly kind: 'infeasible' };
};

/** The state of the pod's main container; `waiting` covers a pod that is not scheduled yet, with its reason. */
export type ContainerFacts =
  | { readonly kind: 'running'; readonly startedAt: number }
  | { readonly kind: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly kind: 'terminated'; readonly reason: string; readonly exitCode: number };

/** Why a pod gives no facts. `refused`: nothing listens there, which a live process cannot cause. */
export type Unreachable = {
  readonly kind: 'unreachable';
  readonly why: 'no-address' | 'refused' | 'timeout' | 'auth' | 'closed' | 'unreachable' | 'error';
  readonly message: string;
};

export type RedisPod = PodFacts & { readonly answer: RedisAnswer | Unreachable };
export type SentinelPod = PodFacts & { readonly answer: SentinelAnswer | Unreachable };

/** What a Redis says of itself (INFO). https://redis.io/docs/latest/commands/info/ */
export type RedisAnswer = {
  readonly kind: 'answer';
  readonly runId: string;
  readonly version: string;
  readonly loading: boolean;
  readonly role: 'master' | 'replica';
  readonly masterHost: string | undefined;
  readonly masterPort: number | undefined;
  readonly linkUp: boolean;
  /** Since when it is down, where it was up before. */
  readonly linkDownSeconds?: number | undefined;
  readonly syncing: boolean;
  readonly replicationId: string;
  readonly secondReplicationId: string;
  readonly secondOffset: number;
  /** Bytes of the replication stream that this Redis has applied. */
  readonly offset: number;
  readonly priority: number;
  readonly connectedReplicas: readonly { readonly ip: string; readonly port: number; readonly offset: number }[];
  /** See `RequiredReplicas`; undefined where Redis does not say. */
  readonly requiredReplicas: RequiredReplicas | undefined;
  /** How many replicas count for that; undefined while none is required, and for a replica. */
  readonly goodReplicas: number | undefined;
  readonly keys: number;
  /** Whether it writes a snapshot at the moment, or what came of the last one; `ok` when there was none. */
  readonly backgroundSave: 'running' | 'ok' | 'failed';
  /** Lines of customConfig this process does not have yet, and those it refused. */
  readonly config: ConfigFacts;
  /** Undefined where the failover has no internal credentials, and where Redis knows no ACL. */
  readonly internal?: InternalFacts | undefined;
  /**
   * Whether it logs in to what it follows as it should now: see `upstreamLogin`. Undefined when it was not asked, because the
   * failover neither follows nor leaves a source, and while that login is not known.
   */
  readonly upstreamLogin?: 'right' | 'wrong' | undefined;
};

/** How far a Redis is with the internal credentials. https://redis.io/docs/latest/commands/acl-getuser/ */
export type InternalFacts = {
  /** The internal user may log in with the current password. */
  readonly accepted: boolean;
  /** It may also log in with another one, which was the current one before. */
  readonly alsoEarlier: boolean;
  /** As a replica, this Redis logs in to its master with them. */
  readonly used: boolean;
};

/**
 * How many replicas have to have acknowledged within which time, so that a master accepts a write; 0 of either means that it
 * always does. https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#allow-writes-only-with-n-attached-replicas
 */
export type RequiredReplicas = { readonly toWrite: number; readonly maxLagSeconds: number };

/** How far one process is with the customConfig lines of the spec. */
export type ConfigFacts = {
  readonly pending: readonly string[];
  readonly refused: readonly { readonly line: string; readonly error: string }[];
  /** Those that only a new process takes, and this one started without. */
  readonly atStart: readonly string[];
};

/** What a Sentinel believes. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/ */
export type SentinelAnswer = {
  readonly kind: 'answer';
  readonly id: string;
  readonly version: string;
  readonly tilt: boolean;
  /** How often it reads INFO; undefined where that cannot be changed (before Redis 7.0). */
  readonly infoPeriodMs: number | undefined;
  /** Undefined while it watches nothing under our master's name. */
  readonly master: WatchedMaster | undefined;
  readonly replicas: readonly WatchedReplica[];
  readonly peers: readonly (WatchedInstance & { readonly lastHelloMs: number })[];
  /** This operator has already given it the current password; doing so again would only drop its connections. */
  readonly loginGiven: boolean;
  /** The same for the internal credentials. */
  readonly internalGiven: boolean;
  /** Undefined where nobody is asked for a password, and where the Sentinel knows no ACL. */
  readonly access?: SentinelAccessFacts | undefined;
  readonly config: ConfigFacts;
};

/** Whom a Sentinel lets in. https://redis.io/docs/latest/commands/acl-getuser/ */
export type SentinelAccessFacts = {
  /** It asks clients for no password. */
  readonly open: boolean;
  /** SHA-256 of the passwords that it takes from clients. */
  readonly clients: readonly string[];
  /** The internal user may log in with the current password. */
  readonly admitsOwn: boolean;
  /** It may also log in with another one, which was the current one before. */
  readonly alsoEarlier: boolean;
  /** This Sentinel logs in to the others with the current one. */
  readonly usesOwn: boolean;
};

export type WatchedInstance = { readonly ip: string; readonly port: number; readonly flags: readonly string[] };

export type WatchedReplica = WatchedInstance & {
  /** `replica-priority` as the Sentinel last read it; 0 is never elected. */
  readonly priority: number;
  /** Since it read the replica's INFO; 0 when it has not yet, and such a replica is never elected. */
  readonly infoRefreshMs: number;
};

export type WatchedMaster = WatchedInstance & {
  readonly configEpoch: number;
  readonly quorum: number;
};

/** The master as it last served, and how it was lost. Times are milliseconds since 1970. */
export type MasterTrace = {
  readonly pod: string;
  /** Undefined when this operator has not seen it serve. */
  readonly seen: { readonly uid: string; readonly runId: string; readonly offset: number } | undefined;
  /** Undefined while it serves. */
  readonly loss: (Loss & { readonly at: number }) | undefined;
};

/** What speaks against a master. Evidence of a higher weight says more about the cause. */
export type Loss = { readonly cause: FailoverCause; readonly message: string; readonly weight: number };

/** A change of master that this operator carried out: from the master `uid`, or to the pod `uid`. */
export type MasterChange = {
  readonly kind: 'hand-over' | 'promote';
  readonly uid: string;
  readonly message: string;
  readonly at: number;
};
