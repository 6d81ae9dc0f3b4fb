/** What the rules may ask for: actions as plain data, each naming what it was decided on. */

import type { ResourceRequirements } from 'kubernetes-types/core/v1.js';
import type { RoleLabel } from '../api/names.ts';
import type { Reason } from '../api/reasons.ts';
import type { Endpoint, KubeObject } from '../ports.ts';
import type { RequiredReplicas } from './observation.ts';
import type { Inheritance } from './pod-labels.ts';

/** Why an action is taken: a reason from the table and a sentence for the log and the Event. */
export type Why = { readonly reason: Reason; readonly message: string };

/** A pod as it was when the decision fell; the action is dropped when it is another pod by now. */
export type PodTarget = { readonly pod: string; readonly uid: string };
/** A Redis process as it was when the decision fell; the action is dropped when it restarted or changed its role. */
export type RedisTarget = PodTarget & { readonly runId: string; readonly role: 'master' | 'replica' };
/** A volume claim; the action is dropped when it is another claim by now. */
export type ClaimTarget = { readonly claim: string; readonly uid: string; readonly storageClass: string };
/** A Sentinel process. */
export type SentinelTarget = PodTarget & { readonly id: string };

export type Action = { readonly why: Why } & (
  | { readonly kind: 'apply'; readonly object: KubeObject; readonly live: KubeObject | undefined }
  | { readonly kind: 'delete-object'; readonly object: KubeObject; readonly keepsDependents?: true }
  | { readonly kind: 'patch-claim'; readonly claim: string; readonly patch: object }
  | { readonly kind: 'resize-claim'; readonly target: ClaimTarget; readonly size: string }
  /** Makes the failover an owner of the pod, or no longer. */
  | { readonly kind: 'own-pod'; readonly target: PodTarget; readonly owner: 'added' | 'removed' }
  | { readonly kind: 'label'; readonly target: PodTarget; readonly role: RoleLabel }
  /** Gives the pod the labels of the failover, and takes those that it has no more. */
  | { readonly kind: 'inherit-labels'; readonly target: PodTarget; readonly inheritance: Inheritance }
  | { readonly kind: 'mark-revision'; readonly target: PodTarget; readonly revision: string }
  | { readonly kind: 'replicate'; readonly target: RedisTarget; readonly master: Endpoint }
  | { readonly kind: 'demote'; readonly target: RedisTarget; readonly master: Endpoint }
  | {
      readonly kind: 'save-divergent';
      readonly target: RedisTarget;
      readonly replicationId: string;
      /** Name in the directory of the data. */
      readonly file: string;
    }
  | { readonly kind: 'rank'; readonly target: RedisTarget; readonly priority: number }
  | { readonly kind: 'require-replicas'; readonly target: RedisTarget; readonly required: RequiredReplicas }
  | { readonly kind: 'configure-redis'; readonly target: PodTarget; readonly lines: readonly string[] }
  | {
      readonly kind: 'configure-sentinel';
      readonly target: PodTarget;
      readonly lines: readonly string[];
      readonly quorum: number;
      /** Set only where it is to change. */
      readonly infoPeriodMs?: number;
    }
  | {
      readonly kind: 'authenticate-sentinel';
      readonly target: SentinelTarget;
      /** The Redis that can tell as whom the Sentinel is logged in; left out, that is known. */
      readonly askFirst?: PodTarget;
    }
  | { readonly kind: 'make-credentials' }
  | { readonly kind: 'make-sentinel-login' }
  /** Changes who may log in to a Sentinel, and as whom it logs in to others. */
  | { readonly kind: 'guard-sentinel'; readonly target: SentinelTarget; readonly steps: readonly GuardStep[] }
  | { readonly kind: 'admit-internal'; readonly target: PodTarget; readonly earlier: 'kept' | 'revoked' }
  | { readonly kind: 'use-internal'; readonly target: PodTarget }
  /** Lets a Redis log in to what it follows as `upstreamLogin` says. */
  | { readonly kind: 'log-in'; readonly target: PodTarget }
  /** A Sentinel watches nothing then. */
  | { readonly kind: 'forget-master'; readonly target: SentinelTarget; readonly watched: Endpoint }
  | { readonly kind: 'monitor'; readonly target: SentinelTarget; readonly master: Endpoint; readonly quorum: number }
  | DisruptiveAction
);

/**
 * Of the internal user: `admit` it with the current password, `use` it towards other Sentinels, `revoke` earlier passwords,
 * `forget` it. Of clients: `open` asks them for none, `close` for the current one.
 */
export type GuardStep = 'admit' | 'use' | 'revoke' | 'forget' | 'open' | 'close';

/** The action of one kind. */
export type ActionOf<Kind extends Action['kind']> = Extract<Action, { readonly kind: Kind }>;

/** At most one of these is taken in a pass; then everything is observed anew. */
type DisruptiveAction =
  | { readonly kind: 'promote'; readonly target: RedisTarget }
  | { readonly kind: 'request-failover'; readonly target: SentinelTarget; readonly watched: Endpoint }
  | {
      readonly kind: 'hand-over';
      readonly target: RedisTarget;
      /** Without a leader the first of them is promoted, by the operator. */
      readonly replicas: readonly RedisTarget[];
      readonly leader: SentinelTarget | undefined;
      /** The process ends soon, so the best moment is not waited for. */
      readonly hurried: boolean;
    }
  | { readonly kind: 'delete-pod'; readonly target: PodTarget }
  | {
      readonly kind: 'resize-pod';
      readonly target: PodTarget;
      /** By container. */
      readonly resources: Readonly<Record<string, ResourceRequirements>>;
      /** Of the StatefulSet, whose resources these are. */
      readonly revision: string;
    };

/** Something the user has to know or mend. */
export type Problem = Why;

/** What one rule makes of a situation. */
export type Verdict = {
  readonly actions?: readonly Action[];
  /** What has to happen first, as the end of the sentence "waiting for …". */
  readonly waitingFor?: string;
  readonly problems?: readonly Problem[];
  /** Without Sentinels: the pod that is to be master. Nothing is done for it before the status says so. */
  readonly elect?: string | undefined;
  /** A planned change under way though everything is as the spec asks, and why. */
  readonly progress?: Why;
  /** Look again after this long even if nothing happens. */
  readonly recheckMs?: number;
};

export type Plan = {
  readonly actions: readonly Action[];
  readonly waitingFor: readonly string[];
  readonly problems: readonly Problem[];
  readonly progress: Why | undefined;
  readonly elect: string | undefined;
  readonly recheckMs: number | undefined;
};

/** Whether the action interrupts somebody. */
export const isDisruptive = (action: Action): boolean => {
  switch (action.kind) {
    case 'promote':
    case 'request-failover':
    case 'hand-over':
    case 'delete-pod':
    case 'resize-pod':
      return true;
    case 'apply':
    case 'delete-object':
    case 'patch-claim':
    case 'resize-claim':
    case 'own-pod':
    case 'label':
    case 'inherit-labels':
    case 'mark-revision':
    case 'replicate':
    case 'demote':
    case 'save-divergent':
    case 'rank':
    case 'require-replicas':
    case 'configure-redis':
    case 'configure-sentinel':
    case 'authenticate-sentinel':
    case 'make-credentials':
    case 'make-sentinel-login':
    case 'guard-sentinel':
    case 'admit-internal':
    case 'use-internal':
    case 'log-in':
    case 'forget-master':
    case 'monitor':
      return false;
  }
};
