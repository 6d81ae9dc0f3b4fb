import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import { redisName } from '../../api/names.ts';
import type { KubeObject } from '../../ports.ts';
import { mayMountInternal } from '../credentials.ts';
import { customized } from '../custom-lines.ts';
import { claimWordsPatch } from '../objects/claim-words.ts';
import { claimOwnership } from '../objects/claims.ts';
import { desiredObjects, undesiredNames } from '../objects/desired.ts';
import { isRecord } from '../objects/json.ts';
import { isForeign } from '../objects/kept-template.ts';
import type { Verdict } from '../plan.ts';
import { sentinelCredentials } from '../sentinel-access.ts';
import { ordinalOf, type Situation } from '../situation.ts';
import { volumesOf } from '../volumes.ts';
import { applyOne } from './apply-one.ts';
import { currentRevision } from './revision.ts';
import { isMasterService, pinnedMaster } from './route-master.ts';
import { waitsForPlace } from './sentinel-place.ts';
import { redisWanted, surgeFor } from './surge.ts';

/** Creates what is missing, puts right what differs, and removes what the spec no longer asks for. */
export const applyObjects = (situation: Situation): Verdict => {
  const { failover, children, login, internal } = situation;
  const redisReplicas = replicasNow(situation);
  const desired = desiredObjects({
    failover,
    redisReplicas,
    pinnedMaster: pinnedMaster(situation),
    surge: surgeFor(situation, redisReplicas),
    ...(login.kind === 'password' && { login: { password: login.password } }),
    ...(internal.kind === 'password' && { internal }),
    mountsInternal: mayMountInternal(situation),
    sentinelLogin: sentinelCredentials(situation.sentinelAccess),
    sentinelsInPlace: waitsForPlace(situation),
    foreignConfig: foreignConfig(situation),
    customized: customized(situation),
    ...(children.statefulSet && { liveStatefulSet: children.statefulSet }),
    ...(children.deployment && { liveDeployment: children.deployment }),
  });
  const rest = desired.filter((object) => !isMasterService(failover, object));
  const verdicts = rest.map((object) => applyOne(object, liveOf(situation, object)));
  return {
    actions: [
      ...verdicts.flatMap((one) => one.actions ?? []),
      ...removals(situation, redisReplicas),
      ...patchedClaims(situation),
    ],
  };
};

/**
 * The Redis replicas to ask the StatefulSet for. A scale-down that would take the master's pod waits until the master is
 * handed to a pod that stays.
 */
export const replicasNow = (situation: Situation): number => {
  const { children, master, source } = situation;
  const wanted = redisWanted(situation);
  const live = children.statefulSet?.spec?.replicas ?? Math.max(wanted, orphans(situation));
  if (wanted >= live || source !== undefined) return wanted;
  return master !== undefined && ordinalOf(master) < wanted ? wanted : live;
};

/** How many replicas a StatefulSet that is about to be made needs, so that it keeps the pods which are there. */
const orphans = ({ failover, redis }: Situation): number => {
  const prefix = `${redisName(failover.metadata.name)}-`;
  const staying = redis.filter((pod) => !pod.deleting && pod.name.startsWith(prefix));
  return Math.max(0, ...staying.map((pod) => ordinalOf(pod) + 1));
};

/** What another operator left in the config map of Redis, for as long as a pod may start from it. */
const foreignConfig = (situation: Situation): Readonly<Record<string, string>> => {
  const { children, failover, redis } = situation;
  const { statefulSet } = children;
  const isUsed =
    statefulSet !== undefined &&
    (isForeign(statefulSet) || redis.some(({ revision }) => revision !== currentRevision(situation)));
  const live = children.others.get(`ConfigMap/${redisName(failover.metadata.name)}`);
  return isUsed && live !== undefined && 'data' in live ? textsOf(live.data) : {};
};

const textsOf = (data: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(isRecord(data) ? data : {}).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );

const liveOf = ({ children }: Situation, object: KubeObject): KubeObject | undefined => {
  if (object.kind === 'StatefulSet') return children.statefulSet satisfies StatefulSet | undefined;
  if (object.kind === 'Deployment') return children.deployment;
  return children.others.get(`${object.kind}/${object.metadata?.name}`);
};

const removals = ({ failover, children }: Situation, redisReplicas: number) =>
  undesiredNames({ failover, redisReplicas }).flatMap((key) => {
    const { deployment } = children;
    const live = key === `Deployment/${deployment?.metadata?.name}` ? deployment : children.others.get(key);
    if (live === undefined || live.metadata?.deletionTimestamp !== undefined) return [];
    return [
      {
        kind: 'delete-object',
        object: live,
        why: { reason: 'ObjectRemoved', message: `${key} is not asked for` },
      } as const,
    ];
  });

const patchedClaims = (situation: Situation) => {
  const { failover, children } = situation;
  const template = children.statefulSet?.spec?.volumeClaimTemplates?.[0];
  const owned = children.claims.map((claim) => [claim, claimOwnership(failover, claim)] as const);
  const worded = volumesOf(situation).map(
    ({ claim }) => [claim, claimWordsPatch(failover, { claim, template })] as const,
  );
  return [...owned, ...worded].flatMap(([{ metadata }, patch]) => {
    const claim = metadata?.name ?? '';
    if (patch === undefined) return [];
    return [{ kind: 'patch-claim', claim, patch, why: { reason: 'ClaimUpdated', message: `claim ${claim}` } } as const];
  });
};
