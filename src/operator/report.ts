/** Tells users what happened: the status, when it differs, and Events for what is worth an Event. */
import { isDeepStrictEqual } from 'node:util';
import { KIND } from '../api/names.ts';
import { REASONS } from '../api/reasons.ts';
import type { RedisFailover, RedisFailoverStatus } from '../api/types.ts';
import { divergenceProblem } from '../core/divergence.ts';
import { heldBack } from '../core/keeping.ts';
import { mergePatchOf } from '../core/objects/merge-patch.ts';
import type { Action, Problem } from '../core/plan.ts';
import type { Situation } from '../core/situation.ts';
import { hasCode } from '../kube/errors.ts';
import type { KubeApi } from '../ports.ts';
import { REDIS_FAILOVERS } from './kinds.ts';

/** Records an Event; never throws. */
export type Recorder = (event: {
  readonly regarding: RedisFailover;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}) => void;

/**
 * Writes the status. A failover that is gone by now needs none. Resolves with what the API server
 * has against the failover if it does not take it, as it may do with one that was stored before our CRD.
 */
export const writeStatus = async (
  api: KubeApi,
  { failover, status }: { readonly failover: RedisFailover; readonly status: RedisFailoverStatus },
  signal: AbortSignal,
): Promise<string | undefined> => {
  const { namespace = '', name = '', uid } = failover.metadata;
  const patch = { metadata: { uid }, status: mergePatchOf(failover.status, status) };
  try {
    await api.mergePatch(REDIS_FAILOVERS, { namespace, name, subresource: 'status', patch }, signal);
    return undefined;
  } catch (error) {
    if (hasCode(error, 'not-found') || hasCode(error, 'conflict')) return undefined;
    if (hasCode(error, 'invalid')) return error.message;
    throw error;
  }
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

/** Actions that a user wants to find in `kubectl describe`; the others are only logged. */
const TOLD: ReadonlySet<Action['kind']> = new Set([
  'promote',
  'request-failover',
  'hand-over',
  'demote',
  'delete-pod',
  'resize-pod',
  'resize-claim',
]);

/** Events for an action that was taken. */
export const tellAction = (record: Recorder, failover: RedisFailover, action: Action): void => {
  if (TOLD.has(action.kind)) tell(record, failover, action.why);
};

/** A divergence that the stored status does not know yet: a problem of the moment, told once. */
export const newDivergence = (
  situation: Situation,
  { divergence, master }: RedisFailoverStatus,
): readonly Problem[] => {
  const before = situation.failover.status?.divergence;
  if (divergence === undefined || isDeepStrictEqual(plain(before), plain(divergence))) return [];
  const held = heldBack(situation).some(({ name }) => name === divergence.pod);
  return [divergenceProblem(divergence, { master: master?.pod ?? 'the master', held })];
};

/** Events for what changed between two statuses: another master, Ready gained or lost, new problems. */
export const tellTransitions = (
  record: Recorder,
  failover: RedisFailover,
  change: {
    readonly after: RedisFailoverStatus;
    readonly known: ReadonlySet<string>;
    readonly problems: readonly Problem[];
  },
): void => {
  const before = failover.status?.master?.pod;
  const now = change.after.master?.pod;
  if (now !== undefined && now !== before) {
    const [cause] = change.after.failovers ?? [];
    const because = cause?.from === before && cause?.to === now ? ` (${cause.cause}: ${cause.message})` : '';
    const message =
      before === undefined ? `${now} is the master` : `${now} is the master instead of ${before}${because}`;
    tell(record, failover, { reason: 'MasterChanged', message });
  }
  tellRequest(record, failover, change.after);
  for (const problem of change.problems) if (!change.known.has(problem.message)) tell(record, failover, problem);
};

/** What becomes of a requested hand-over; that it is done says `MasterChanged`. */
const tellRequest = (record: Recorder, failover: RedisFailover, { handOver: now }: RedisFailoverStatus): void => {
  const before = failover.status?.handOver;
  if (now === undefined || now.state === 'Done') return;
  if (before?.request === now.request && before.state === now.state) return;
  const reason = now.state === 'Refused' ? 'HandOverRefused' : 'HandOverRequested';
  tell(record, failover, { reason, message: `${now.request}: ${now.message}` });
};

/** An Event about a failover, with a reason from the table. */
export const tell = (record: Recorder, failover: RedisFailover, { reason, message }: Problem): void =>
  record({ regarding: { ...failover, kind: KIND }, type: REASONS[reason].type, reason, message });
