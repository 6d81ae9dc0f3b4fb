/** For tests: what `decide` makes of a situation, as short sentences. */
import type { RedisFailoverStatus } from '../api/types.ts';
import { decide } from './decide.ts';
import type { Observation } from './observation.ts';
import type { Action } from './plan.ts';
import { statusOf } from './status.ts';

/** What is seen, and the summary of what follows, by a sentence that says why. */
export type Table = Readonly<Record<string, { readonly seen: Observation; readonly expected: readonly string[] }>>;

/** `kind pod argument` of every action but those on objects, which have tables of their own. */
export const summary = (seen: Observation): readonly string[] =>
  decide(seen)
    .plan.actions.filter(({ kind }) => !['apply', 'delete-object', 'patch-claim'].includes(kind))
    .map(describeAction);

/** The status after a pass in which nothing failed. */
export const statusAfter = (seen: Observation): RedisFailoverStatus => {
  const { situation, plan } = decide(seen);
  return statusOf(situation, plan, []);
};

const describeAction = (action: Action): string => {
  switch (action.kind) {
    case 'label':
      return `label ${action.target.pod} ${action.role}`;
    case 'replicate':
    case 'demote':
    case 'monitor':
      return `${action.kind} ${action.target.pod} ${action.master.host}`;
    case 'admit-internal':
      return `${action.kind} ${action.target.pod} ${action.earlier}`;
    case 'guard-sentinel':
      return `${action.kind} ${action.target.pod} ${action.steps.join(' ')}`;
    case 'apply':
    case 'delete-object':
    case 'make-credentials':
    case 'make-sentinel-login':
      return action.kind;
    case 'require-replicas':
      return `require-replicas ${action.target.pod} ${action.required.toWrite}/${action.required.maxLagSeconds}s`;
    case 'patch-claim':
      return `patch-claim ${action.claim}`;
    case 'resize-claim':
      return `resize-claim ${action.target.claim} ${action.size}`;
    case 'own-pod':
      return `own-pod ${action.target.pod} ${action.owner}`;
    case 'promote':
    case 'request-failover':
    case 'hand-over':
    case 'delete-pod':
    case 'inherit-labels':
    case 'resize-pod':
    case 'mark-revision':
    case 'rank':
    case 'save-divergent':
    case 'configure-redis':
    case 'configure-sentinel':
    case 'authenticate-sentinel':
    case 'use-internal':
    case 'log-in':
    case 'forget-master':
      return `${action.kind} ${action.target.pod}`;
  }
};
