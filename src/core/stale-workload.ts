/** That pods which are all ready are of an earlier spec, in the very pass that tells their workload of the newest. Pure. */
import type { Condition } from 'kubernetes-types/meta/v1.js';
import type { RedisFailoverStatus } from '../api/types.ts';
import type { Action, Plan } from './plan.ts';
import type { Finding } from './sentinels-agree.ts';
import type { Situation } from './situation.ts';
import { condition } from './status.ts';

/**
 * The status, not Ready where a StatefulSet or a Deployment is only now given what the spec asks for. Otherwise a change would
 * be told as Ready, with its generation, before it began.
 */
export const untilApplied = (
  status: RedisFailoverStatus,
  situation: Situation,
  { actions }: Plan,
): RedisFailoverStatus => {
  const workload = actions.flatMap(changedWorkload)[0];
  if (workload === undefined || !isReady(status)) return status;
  const waitingFor = `the pods of ${workload} to be as the spec asks`;
  const told: Readonly<Record<string, Finding>> = {
    Ready: { status: 'False', reason: 'Waiting', message: `waiting for ${waitingFor}` },
    Progressing: { status: 'True', reason: 'Waiting', message: `waiting for ${waitingFor}` },
  };
  const conditions = (status.conditions ?? []).map((one): Condition => {
    const finding = told[one.type];
    return finding === undefined ? one : condition(situation, one.type, finding);
  });
  return { ...status, phase: 'Updating', waitingFor, conditions };
};

const isReady = ({ conditions = [] }: RedisFailoverStatus): boolean =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

const changedWorkload = (action: Action): readonly string[] => {
  if (action.kind !== 'apply' || action.live === undefined) return [];
  const { kind, metadata } = action.object;
  return kind === 'StatefulSet' || kind === 'Deployment' ? [`${kind} ${metadata?.name}`] : [];
};
