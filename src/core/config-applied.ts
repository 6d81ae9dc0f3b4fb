/** The condition ConfigApplied: whether every pod has the customConfig of the spec. */
import { outlived } from './custom-lines.ts';
import type { Plan, Problem } from './plan.ts';
import type { Finding } from './sentinels-agree.ts';
import type { Situation } from './situation.ts';

/** Lines that this pass applies count as applied: a refusal or a failure shows in `problems` or in the next pass. */
export const configApplied = (
  situation: Situation,
  { plan, problems }: { readonly plan: Plan; readonly problems: readonly Problem[] },
): Finding => {
  const refused = problems.filter(({ reason }) => reason === 'ConfigRefused');
  if (refused.length > 0) {
    const message = refused.map((one) => one.message).join('; ');
    return { status: 'False', reason: 'ConfigRefused', message };
  }
  const message = waitingPods(situation, plan).join('; ');
  return message === ''
    ? { status: 'True', reason: 'Healthy', message: 'every pod has the lines of customConfig' }
    : { status: 'False', reason: 'ConfigPending', message };
};

/** A pod that is not ready yet is not looked at: it starts with the lines. */
const waitingPods = (situation: Situation, plan: Plan): readonly string[] => {
  const { answering, answeringSentinels } = situation;
  const configured = new Set(
    plan.actions.flatMap((action) =>
      action.kind === 'configure-redis' || action.kind === 'configure-sentinel' ? action.target.uid : [],
    ),
  );
  const settled = [...answering, ...answeringSentinels].filter(({ ready, deleting }) => ready && !deleting);
  const lacking = settled
    .filter(({ uid, answer }) => !configured.has(uid) && answer.config.pending.length > 0)
    .map(({ name, answer }) => `${name} does not have yet: ${answer.config.pending.join(', ')}`);
  const old = settled
    .filter(({ answer }) => answer.config.atStart.length > 0)
    .map(({ name, answer }) => `${name} has to be replaced for: ${answer.config.atStart.join(', ')}`);
  const outliving = answering.flatMap((pod) => {
    const settings = pod.deleting ? [] : outlived(situation, pod);
    return settings.length === 0 ? [] : [`${pod.name} has to be replaced to be without: ${settings.join(', ')}`];
  });
  return [...lacking, ...old, ...outliving];
};
