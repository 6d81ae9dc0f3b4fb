/** What an operator that only observes says: the actions it would take next, in words that stay while they stay. Pure. */
import type { Condition } from 'kubernetes-types/meta/v1.js';
import type { RedisFailoverStatus } from '../api/types.ts';
import type { KubeObject } from '../ports.ts';
import { differs } from './objects/differs.ts';
import { isRecord } from './objects/json.ts';
import type { Action, Plan } from './plan.ts';
import type { Situation } from './situation.ts';
import { condition } from './status.ts';

/** One action that is not taken: what it is and to what, and why. No value of a setting is in it. */
export type Intention = { readonly what: string; readonly why: string };

/** In the order in which they would be taken. Of actions that interrupt somebody there is at most one, the next. */
export const intentionsOf = (plan: Plan): readonly Intention[] =>
  plan.actions.map((action) => ({ what: `${action.kind} ${targetOf(action)}`.trim(), why: reasonFor(action) }));

/** The earlier intentions when they are the same, though a number in their reasons may have moved. */
export const unlessSame = (
  now: readonly Intention[],
  earlier: readonly Intention[] | undefined,
): readonly Intention[] => (earlier !== undefined && names(earlier) === names(now) ? earlier : now);

/** The status with the condition that says what would be done. */
export const withIntentions = (
  status: RedisFailoverStatus,
  situation: Situation,
  intentions: readonly Intention[],
): RedisFailoverStatus => ({
  ...status,
  conditions: [...(status.conditions ?? []), observed(situation, intentions)],
});

/** The stored condition, from this or an earlier life of the operator. */
export const storedIntentions = (status: RedisFailoverStatus | undefined): string | undefined =>
  status?.conditions?.find(({ type }) => type === OBSERVED)?.message;

/** All of them as the condition's message. */
export const intentionsMessage = (intentions: readonly Intention[]): string =>
  intentions.length === 0
    ? 'this operator only observes; it would do nothing'
    : `this operator only observes; it would: ${intentions.map(sentenceOf).join('; ')}`.slice(0, MESSAGE_LIMIT);

/** One of them as an Event's message. */
export const sentenceOf = ({ what, why }: Intention): string => `${what} (${why})`;

const OBSERVED = 'Observed';
/** The API server refuses condition messages over 32 KiB. */
const MESSAGE_LIMIT = 16_000;

const observed = (situation: Situation, intentions: readonly Intention[]): Condition =>
  condition(situation, OBSERVED, {
    status: 'True',
    reason: intentions.length === 0 ? 'NothingToDo' : 'WouldAct',
    message: intentionsMessage(intentions),
  });

const names = (intentions: readonly Intention[]): string => intentions.map(({ what }) => what).join('\n');

const targetOf = (action: Action): string => {
  if ('target' in action) return 'pod' in action.target ? action.target.pod : action.target.claim;
  if ('object' in action) return `${action.object.kind}/${action.object.metadata?.name}`;
  return 'claim' in action ? action.claim : '';
};

/** A line of customConfig may hold what is not everybody's to read, so only its parameter is told. */
const reasonFor = (action: Action): string => {
  if (action.kind === 'configure-redis')
    return `customConfig: ${action.lines.map((line) => line.trim().split(/\s+/)[0]).join(', ')}`;
  const target = targetOf(action);
  const { message } = action.why;
  const prefix = [target, target.replace('/', ' ')].map((name) => `${name}: `).find((one) => message.startsWith(one));
  return `${message.slice(prefix?.length ?? 0)}${replacesPods(action) ? '; its pods would be replaced' : ''}`;
};

/** The workload as it would be applied has another pod template. */
const replacesPods = (action: Action): boolean => {
  if (action.kind !== 'apply' || action.live === undefined) return false;
  const [desired, live] = [templateOf(action.object), templateOf(action.live)];
  return desired !== undefined && live !== undefined && differs(desired, live) !== undefined;
};

const templateOf = (object: KubeObject): KubeObject | undefined => {
  const spec: unknown = 'spec' in object ? object.spec : undefined;
  const template = isRecord(spec) ? spec['template'] : undefined;
  return isRecord(template) ? template : undefined;
};
