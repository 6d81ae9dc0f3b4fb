/** From what is seen to what is done: the ordered list of rules, each asked about the same situation. */
import type { Observation } from './observation.ts';
import { type Action, isDisruptive, type Plan, type Verdict } from './plan.ts';
import { adoptPods } from './rules/adopt-pods.ts';
import { applyObjects } from './rules/apply-objects.ts';
import { authenticateSentinels, configureRedis, configureSentinels } from './rules/configure.ts';
import { makeCredentials, spreadCredentials } from './rules/credentials.ts';
import { failOverAlone } from './rules/fail-over-alone.ts';
import { followSource } from './rules/follow-source.ts';
import { forgetGhosts } from './rules/forget-ghosts.ts';
import { growVolumes } from './rules/grow-volumes.ts';
import { guardSentinels, makeSentinelLogin } from './rules/guard-sentinels.ts';
import { handOverForScaleDown, handOverFromCordonedNode, handOverLeavingMaster } from './rules/hand-over.ts';
import { inheritLabels } from './rules/inherit-labels.ts';
import { keepDivergent } from './rules/keep-divergent.ts';
import { labelRoles } from './rules/label-roles.ts';
import { forgetSource, logInToMaster } from './rules/leave-source.ts';
import { lookForAgreement } from './rules/look-for-agreement.ts';
import { lookForSync } from './rules/look-for-sync.ts';
import { reportPause } from './rules/pause-roll.ts';
import { pointSentinels } from './rules/point-sentinels.ts';
import { promoteBest } from './rules/promote-best.ts';
import { rankReplicas } from './rules/rank-replicas.ts';
import { replaceStatefulSet } from './rules/replace-stateful-set.ts';
import { reportLineBreak } from './rules/report-line-break.ts';
import { reportPods } from './rules/report-pods.ts';
import { requestFailover } from './rules/request-failover.ts';
import { handOverOnRequest } from './rules/requested-hand-over.ts';
import { requireReplicas } from './rules/require-replicas.ts';
import { rollPods } from './rules/roll-pods.ts';
import { routeMaster } from './rules/route-master.ts';
import { spreadSentinels } from './rules/spread-sentinels.ts';
import { wireReplicas } from './rules/wire-replicas.ts';
import { type Situation, situationOf } from './situation.ts';

/**
 * Most urgent first: who serves, who follows, who is told; then the objects; then what can wait. Every rule is asked every
 * time and knows nothing of the others; of disruptive actions only the first is taken.
 */
const RULES: readonly ((situation: Situation) => Verdict)[] = [
  routeMaster,
  labelRoles,
  failOverAlone,
  forgetSource,
  promoteBest,
  requestFailover,
  inheritLabels,
  handOverLeavingMaster,
  keepDivergent,
  logInToMaster,
  wireReplicas,
  followSource,
  pointSentinels,
  lookForAgreement,
  lookForSync,
  requireReplicas,
  makeCredentials,
  makeSentinelLogin,
  guardSentinels,
  applyObjects,
  adoptPods,
  growVolumes,
  replaceStatefulSet,
  reportPods,
  reportLineBreak,
  reportPause,
  spreadCredentials,
  authenticateSentinels,
  configureSentinels,
  configureRedis,
  rankReplicas,
  handOverForScaleDown,
  handOverOnRequest,
  handOverFromCordonedNode,
  rollPods,
  spreadSentinels,
  forgetGhosts,
];

/** Pure: the same observation always gives the same plan. */
export const decide = (observation: Observation): { readonly situation: Situation; readonly plan: Plan } => {
  const situation = situationOf(observation);
  const verdicts = RULES.map((rule) => rule(situation));
  const rechecks = verdicts.flatMap((verdict) => verdict.recheckMs ?? []);
  return {
    situation,
    plan: {
      actions: onlyOneDisruption(verdicts.flatMap((verdict) => verdict.actions ?? [])),
      waitingFor: verdicts.flatMap((verdict) => verdict.waitingFor ?? []),
      problems: verdicts.flatMap((verdict) => verdict.problems ?? []),
      progress: verdicts.find((verdict) => verdict.progress !== undefined)?.progress,
      elect: verdicts.find((verdict) => verdict.elect !== undefined)?.elect,
      recheckMs: rechecks.length === 0 ? undefined : Math.min(...rechecks),
    },
  };
};

const onlyOneDisruption = (actions: readonly Action[]): readonly Action[] => {
  const first = actions.find(isDisruptive);
  return actions.filter((action) => !isDisruptive(action) || action === first);
};
