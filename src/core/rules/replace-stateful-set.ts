import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import { redisName, selectorLabels } from '../../api/names.ts';
import { claimTemplateChange } from '../objects/claim-template-change.ts';
import { claimWordsPatch } from '../objects/claim-words.ts';
import { isReproducible } from '../objects/kept-template.ts';
import type { Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';
import { volumesOf } from '../volumes.ts';
import { currentRevision, stalePods } from './revision.ts';
import { redisWanted } from './surge.ts';
import { podTarget } from './targets.ts';

/**
 * Claim templates cannot be changed, so the StatefulSet is deleted without its pods, and made again by `applyObjects`, whose
 * pods they become. Meanwhile the failover itself owns them, so that they go with it whatever happens. The claims come first:
 * once the template is new, nothing tells what the old one had.
 */
export const replaceStatefulSet = (situation: Situation): Verdict => {
  const { failover, children, redis } = situation;
  const set = children.statefulSet;
  if (set === undefined || !isReplaceable(situation, set)) return {};
  const change = claimTemplateChange(failover, set.spec?.volumeClaimTemplates ?? []);
  if (change === undefined) return {};
  if (set.metadata?.deletionTimestamp !== undefined) return { waitingFor: 'the StatefulSet to let go of its pods' };
  const why = { reason: 'StatefulSetReplaced', message: `the claim template has another ${change}` } as const;
  const unowned = redis.filter((pod) => !pod.deleting && !pod.owners.uids.includes(failover.metadata.uid));
  if (unowned.length > 0) {
    return { actions: unowned.map((pod) => ({ kind: 'own-pod', target: podTarget(pod), owner: 'added', why })) };
  }
  return { actions: [{ kind: 'delete-object', object: set, keepsDependents: true, why }] };
};

/**
 * At rest, because what the old StatefulSet asked for is forgotten with it: a roll, a scale-down, the template of another
 * operator or release. There is no hurry, for claims that are made meanwhile grow like the others. A StatefulSet with another
 * selector would not find its pods again.
 */
const isReplaceable = (situation: Situation, set: StatefulSet): boolean => {
  const { metadata, spec } = set;
  const { name } = situation.failover.metadata;
  const [wanted, live] = [selectorLabels(name, 'redis'), spec?.selector.matchLabels ?? {}];
  const sameSelector =
    Object.keys(live).length === Object.keys(wanted).length &&
    Object.entries(wanted).every(([key, value]) => live[key] === value);
  const isComplete = spec?.replicas === redisWanted(situation) && !situation.failoverRunning;
  const isRolled = currentRevision(situation) !== undefined && stalePods(situation).length === 0;
  return (
    metadata?.name === redisName(name) &&
    sameSelector &&
    isReproducible(set) &&
    isComplete &&
    isRolled &&
    claimsFollow(situation, spec?.volumeClaimTemplates?.[0])
  );
};

const claimsFollow = (situation: Situation, template: Parameters<typeof claimWordsPatch>[1]['template']): boolean =>
  volumesOf(situation).every(({ claim }) => claimWordsPatch(situation.failover, { claim, template }) === undefined);
