/** What Kubernetes itself says of a pod that gets nowhere: a volume it misses, a probe that fails, a pod that is forbidden. */
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Event } from 'kubernetes-types/core/v1.js';
import type { KubeWarning, Observation, PodFacts } from '../core/observation.ts';
import { isStuck, lacksPods } from '../core/stuck.ts';
import { withDeadline } from '../kube/deadline.ts';
import { KubeApiError } from '../kube/errors.ts';
import { EVENTS } from '../kube/events.ts';
import { CALL_MS } from './connections.ts';
import type { Context, Memory } from './context.ts';

/** Kubernetes tells its Events to nobody who does not ask; not more often than this, whatever else causes passes. */
const ASK_MS = 4_000;
/** Objects of one failover that are asked about at a time; what is wrong with these is wrong with the others. */
const SUBJECTS_LIMIT = 3;
/** The state of the container says the same and more. */
const SAID_BY_STATE: ReadonlySet<string> = new Set(['BackOff', 'Failed', 'FailedScheduling']);

type Subject = {
  readonly namespace: string;
  readonly statefulSet: StatefulSet | undefined;
  readonly redis: readonly PodFacts[];
  readonly sentinels: readonly PodFacts[];
  readonly memory: Pick<Memory, 'warnings'>;
};

/** Asks only while something is stuck, every few seconds. Never rejects because of the API server. */
export const warnings = async (
  context: Pick<Context, 'api' | 'clock'>,
  { namespace, memory, ...subject }: Subject,
  signal: AbortSignal,
): Promise<Observation['warnings']> => {
  const { clock } = context;
  const uids = stuckObjects(subject, clock.now());
  if (uids.length === 0) memory.warnings = undefined;
  if (uids.length === 0) return new Map();
  const at = clock.monotonicMs();
  if (memory.warnings !== undefined && at - memory.warnings.at < ASK_MS) return memory.warnings.found;
  const answers = uids.map(async (uid) => [uid, await read(context, { namespace, uid }, signal)] as const);
  const found = new Map((await Promise.all(answers)).flatMap(([uid, one]) => (one === undefined ? [] : [[uid, one]])));
  memory.warnings = { at, found };
  return found;
};

const stuckObjects = (
  { statefulSet, redis, sentinels }: Pick<Subject, 'statefulSet' | 'redis' | 'sentinels'>,
  now: number,
): readonly string[] => {
  const set = statefulSet !== undefined && lacksPods(statefulSet, redis) ? [statefulSet.metadata?.uid ?? ''] : [];
  const pods = [...redis, ...sentinels].filter((pod) => isStuck(pod, now)).map(({ uid }) => uid);
  return [...set, ...pods].slice(0, SUBJECTS_LIMIT);
};

const read = async (
  { api, clock }: Pick<Context, 'api' | 'clock'>,
  { namespace, uid }: { readonly namespace: string; readonly uid: string },
  signal: AbortSignal,
): Promise<KubeWarning | undefined> => {
  try {
    const selection = { namespace, fieldSelector: `involvedObject.uid=${uid}` };
    const { items } = await withDeadline({ clock, timeoutMs: CALL_MS, signal }, (limited) =>
      api.list<Event>(EVENTS, selection, limited),
    );
    return lastWarning(items);
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    return undefined;
  }
};

/** The newest Warning that says something new; undefined when there is none. */
export const lastWarning = (events: readonly Event[]): KubeWarning | undefined => {
  const newest = events
    .filter(({ type, reason = '' }) => type === 'Warning' && !SAID_BY_STATE.has(reason))
    .reduce(
      (best: Event | undefined, one) => (best === undefined || lastSeen(one) > lastSeen(best) ? one : best),
      undefined,
    );
  if (newest === undefined) return undefined;
  const at = lastSeen(newest);
  const latest = events.every((one) => one.type === 'Warning' || lastSeen(one) <= at);
  return { reason: newest.reason ?? '', message: (newest.message ?? '').trim(), at, latest };
};

/** To the second, as most of them are. https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
const lastSeen = ({ series, lastTimestamp, eventTime, metadata }: Event): number => {
  const times = [series?.lastObservedTime, lastTimestamp, eventTime, metadata.creationTimestamp];
  const text = times.find((time) => time !== undefined && time !== null) ?? '';
  return Math.floor(Date.parse(text) / 1000) * 1000;
};
