/** Takes one action. Each checks first that its target is still what the decision was made on. */

import { FIELD_MANAGER } from '../api/names.ts';
import { isApplied } from '../core/objects/applied-hash.ts';
import { replacement } from '../core/objects/replacement.ts';
import type { Action, ActionOf } from '../core/plan.ts';
import { hasCode, KubeApiError } from '../kube/errors.ts';
import { takenOver } from '../kube/managed-fields.ts';
import type { KubeApi, KubeObject, Resource } from '../ports.ts';
import { RedisError } from '../redis/errors.ts';
import { resizeClaim } from './act-claims.ts';
import { admitInternal, logIn, makeCredentials, useInternal } from './act-credentials.ts';
import { guardSentinel, makeSentinelLogin } from './act-guard.ts';
import { handOver } from './act-hand-over.ts';
import { saveDivergent } from './act-keep.ts';
import { inheritLabels } from './act-labels.ts';
import { ownPod } from './act-owners.ts';
import { configureRedis, demote, follow, rank, requireReplicas } from './act-redis.ts';
import { markRevision, resizePod } from './act-resize.ts';
import { authenticateSentinel, configureSentinel, forgetMaster, monitor, requestFailover } from './act-sentinel.ts';
import type { Context } from './context.ts';
import { CLAIMS, PODS, resourceOf } from './kinds.ts';
import { DONE, isOutdated, type Occasion, type Outcome } from './occasion.ts';
import { labelRole } from './role-label.ts';

/** Never rejects: what goes wrong is an outcome. */
export const act = async (context: Context, occasion: Occasion): Promise<Outcome> => {
  try {
    return await take(context, occasion);
  } catch (error) {
    return failure(occasion, error);
  }
};

const take = async (context: Context, occasion: Occasion): Promise<Outcome> => {
  const { action, situation, signal } = occasion;
  const { api } = context;
  const namespace = situation.failover.metadata.namespace;
  switch (action.kind) {
    case 'apply':
      return apply(context, occasion, action);
    case 'delete-object': {
      const { name = '', uid = '' } = action.object.metadata ?? {};
      const options = action.keepsDependents && ({ propagationPolicy: 'Orphan' } as const);
      await api.delete(resourceOf(action.object), { namespace, name, uid, ...options }, signal);
      return DONE;
    }
    case 'resize-claim':
      return resizeClaim(context, { namespace, memory: occasion.memory, signal }, action);
    case 'own-pod':
      return ownPod(context, occasion, action);
    case 'patch-claim':
      await api.mergePatch(CLAIMS, { namespace, name: action.claim, patch: action.patch }, signal);
      return DONE;
    case 'label':
      await labelRole(context, occasion, action);
      return DONE;
    case 'inherit-labels':
      return inheritLabels(context, occasion, action);
    case 'delete-pod': {
      const { pod, uid } = action.target;
      await api.delete(PODS, { namespace, name: pod, uid }, signal);
      return DONE;
    }
    case 'resize-pod':
      return resizePod(context, { namespace, memory: occasion.memory, signal }, action);
    case 'mark-revision':
      return markRevision(context, occasion, action);
    case 'promote':
      return follow(context, occasion, { target: action.target, master: 'no one' });
    case 'replicate':
      return follow(context, occasion, action);
    case 'demote':
      return demote(context, occasion, action);
    case 'save-divergent':
      return saveDivergent(context, occasion, action);
    case 'request-failover':
      return requestFailover(context, occasion, action);
    case 'monitor':
      return monitor(context, occasion, action);
    case 'authenticate-sentinel':
      return authenticateSentinel(context, occasion, action);
    case 'make-credentials':
      return makeCredentials(context, occasion);
    case 'make-sentinel-login':
      return makeSentinelLogin(context, occasion);
    case 'guard-sentinel':
      return guardSentinel(context, occasion, action);
    case 'admit-internal':
      return admitInternal(context, occasion, action);
    case 'use-internal':
      return useInternal(context, occasion, action);
    case 'log-in':
      return logIn(context, occasion, action);
    case 'forget-master':
      return forgetMaster(context, occasion, action);
    case 'rank':
      return rank(context, occasion, action);
    case 'require-replicas':
      return requireReplicas(context, occasion, action);
    case 'configure-redis':
      return configureRedis(context, occasion, action);
    case 'configure-sentinel':
      return configureSentinel(context, occasion, action);
    case 'hand-over':
      return handOver(context, occasion, action);
  }
};

/**
 * Server-side apply; where another writer's edit stands in its way (a renamed port, a swapped volume source), which the API
 * server answers with 422, the object is replaced.
 */
const apply = async ({ api }: Context, { signal }: Occasion, { object, live }: ActionOf<'apply'>): Promise<Outcome> => {
  const resource = resourceOf(object);
  if (live !== undefined && !isApplied(live)) await takeFields(api, resource, { live, signal });
  try {
    await api.apply(resource, object, signal);
  } catch (error) {
    if (live === undefined || !hasCode(error, 'invalid')) throw error;
    await api.replace(resource, replacement(object, live), signal);
  }
  return DONE;
};

/**
 * Makes the fields of an object from before this operator its own, so that what it does not want any more goes when it
 * applies the object. Refused (409) when the object has changed meanwhile; then it is looked at again.
 */
const takeFields = async (
  api: KubeApi,
  resource: Resource,
  { live, signal }: { readonly live: KubeObject; readonly signal: AbortSignal },
): Promise<void> => {
  const { name = '', namespace = '' } = live.metadata ?? {};
  const now = await api.get<KubeObject>(resource, { name, namespace }, signal);
  const managedFields = now?.metadata?.managedFields && takenOver(now.metadata.managedFields, FIELD_MANAGER);
  if (managedFields === undefined) return;
  const patch = { metadata: { resourceVersion: now?.metadata?.resourceVersion, managedFields } };
  await api.mergePatch(resource, { name, namespace, patch }, signal);
};

const WRITES_OBJECT: ReadonlySet<Action['kind']> = new Set(['apply', 'make-credentials', 'make-sentinel-login']);

/** What cannot be helped is somebody's to know. */
const failure = ({ action }: Occasion, error: unknown): Outcome => {
  if (isOutdated(error)) return { kind: 'outdated', because: error.message };
  if (error instanceof KubeApiError) {
    const reason = WRITES_OBJECT.has(action.kind) ? 'ApplyFailed' : action.why.reason;
    return { kind: 'failed', problem: { reason, message: error.message } };
  }
  if (error instanceof RedisError) {
    const reason = error.code === 'reply' ? action.why.reason : 'RedisUnreachable';
    return { kind: 'failed', problem: { reason, message: `${action.kind}: ${error.message}` } };
  }
  throw error;
};
