/** What every pass works with, and what is remembered between two passes. */
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import type { RedisFailoverStatus } from '../api/types.ts';
import type { SentinelLogin } from '../core/credentials.ts';
import type { Intention } from '../core/intentions.ts';
import type {
  ClaimRefusal,
  Divergence,
  Keeping,
  LabelsGiven,
  MasterChange,
  MasterTrace,
  Observation,
} from '../core/observation.ts';
import type { WorkQueue } from '../kube/queue.ts';
import type { Clock, KubeApi, Log, Random } from '../ports.ts';
import type { Connections } from './connections.ts';
import { ConfigLedger } from './custom-config.ts';
import type { Metrics } from './metrics.ts';
import type { Permission } from './permission.ts';
import type { Recorder } from './report.ts';
import type { Written } from './status-writes.ts';
import type { Watches } from './watches.ts';

export type Context = {
  readonly api: KubeApi;
  readonly watches: Watches;
  readonly connections: Connections;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly record: Recorder;
  readonly metrics: Metrics;
  /** What may be done now; asked before every pass and before every action. */
  readonly permission: () => Permission;
  /** Whether the CRD has our status: spotahome's has none, those of its forks another. */
  readonly storesStatus: () => boolean;
};

/** What is remembered of a failover between passes; all of it may be lost at any time. */
export type Memory = {
  failoverRequestedAt: number | undefined;
  handOverFailedAt: number | undefined;
  divergence: Divergence | undefined;
  masterTrace: MasterTrace | undefined;
  masterChange: MasterChange | undefined;
  /** The status that was written last, and what stood in the cache then. */
  written: Written | undefined;
  /** How far Redis pods, by uid, are with saving what the master never had. */
  readonly keeping: Map<string, Keeping>;
  masterlessSince: number | undefined;
  masterSeen: string | undefined;
  actedInARow: number;
  knownProblems: ReadonlySet<string>;
  /** The last status, for where the API server does not store it. */
  status: RedisFailoverStatus | undefined;
  /** Why the last status was not taken. */
  statusRefusal: string | undefined;
  /** What was last said would be done. */
  intentions: readonly Intention[] | undefined;
  /** The operator whose being at work was last told. */
  toldHolder: string | undefined;
  /** The login last given to each Sentinel, by its id. */
  sentinelLogins: Map<string, SentinelLogin>;
  /** Pods, by uid, that the API server does not resize to a revision. */
  readonly resizesRefused: Map<string, string>;
  /** The labels last given to pods, by their uids. */
  readonly labelsGiven: Map<string, LabelsGiven>;
  /** When it was first looked at. */
  watchedSince: number | undefined;
  /** The default image that the StatefulSet had last. */
  redisImage: string | undefined;
  /** Claims, by uid, that the API server does not resize. */
  readonly claimsRefused: Map<string, ClaimRefusal>;
  /** What Kubernetes warned of, and when it was asked, in milliseconds that never go back. */
  warnings: { readonly at: number; readonly found: Observation['warnings'] } | undefined;
  /** What pods on older revisions were made from. It never changes. */
  readonly templates: Map<string, PodTemplateSpec>;
  /** What came of the lines of customConfig. */
  readonly ledger: ConfigLedger;
};

/** The memory of a failover that was not seen before. */
export const newMemory = (): Memory => ({
  failoverRequestedAt: undefined,
  handOverFailedAt: undefined,
  divergence: undefined,
  masterTrace: undefined,
  masterChange: undefined,
  written: undefined,
  keeping: new Map(),
  masterlessSince: undefined,
  masterSeen: undefined,
  actedInARow: 0,
  knownProblems: new Set(),
  status: undefined,
  statusRefusal: undefined,
  intentions: undefined,
  toldHolder: undefined,
  sentinelLogins: new Map(),
  resizesRefused: new Map(),
  labelsGiven: new Map(),
  watchedSince: undefined,
  redisImage: undefined,
  claimsRefused: new Map(),
  warnings: undefined,
  templates: new Map(),
  ledger: new ConfigLedger(),
});
