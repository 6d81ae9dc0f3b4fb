import { outlived } from '../custom-lines.ts';
import type { RedisPod } from '../observation.ts';
import type { Verdict } from '../plan.ts';
import { asksFor, type ContainerResources, merged, resizeBetween } from '../resize.ts';
import type { Situation } from '../situation.ts';
import { currentRevision } from './revision.ts';
import { podTarget } from './targets.ts';

/** A node that has not resized a pod after this long is not waited for. */
const RESIZE_LIMIT_MS = 60_000;
/** Nothing tells that the time is over; it is looked at this often. */
const RECHECK_MS = 5_000;
/** What pods were made from is asked for again this soon. */
const UNKNOWN_MS = 1_000;

/**
 * Whether a pod on an old revision comes to the current one without being replaced. `unknown` while it is not known what the
 * pod was made from. By the pod, the template and the node alone, so that a crash between two steps changes nothing.
 */
export const isResizable = (situation: Situation, pod: RedisPod): boolean | 'unknown' => {
  const wanted = wantedResources(situation, pod);
  if (wanted === undefined || wanted === 'unknown') return wanted === 'unknown' ? 'unknown' : false;
  const { asked, progress, restarts } = pod.resize;
  if (restarts || situation.resizesRefused.get(pod.uid) === currentRevision(situation)) return false;
  if (!asksFor(asked, wanted) || progress.kind === 'done') return true;
  return progress.kind === 'under-way' && situation.at - (progress.since ?? situation.at) < RESIZE_LIMIT_MS;
};

/**
 * The next step of a pod that is resizable: ask for the resources, wait for the node, note that it is up to date. Undefined
 * when the pod has to be replaced.
 */
export const resizePod = (situation: Situation, pod: RedisPod): Verdict | undefined => {
  const resizable = isResizable(situation, pod);
  const wanted = wantedResources(situation, pod);
  const revision = currentRevision(situation);
  if (resizable === 'unknown' || wanted === 'unknown') {
    return { waitingFor: `the API server to say what ${pod.name} was made from`, recheckMs: UNKNOWN_MS };
  }
  if (!resizable || wanted === undefined || revision === undefined) return undefined;
  const { asked, progress } = pod.resize;
  const target = podTarget(pod);
  if (!asksFor(asked, wanted)) {
    const why = { reason: 'PodResized', message: `${pod.name} is resized in place: only resources changed` } as const;
    return { actions: [{ kind: 'resize-pod', target, resources: merged(asked, wanted), revision, why }] };
  }
  if (progress.kind !== 'done') return { waitingFor: `the node of ${pod.name} to resize it`, recheckMs: RECHECK_MS };
  const why = { reason: 'PodResized', message: `${pod.name} has the resources of the current template` } as const;
  return { actions: [{ kind: 'mark-revision', target, revision, why }] };
};

const wantedResources = (situation: Situation, pod: RedisPod): ContainerResources | 'unknown' | undefined => {
  const template = situation.children.statefulSet?.spec?.template;
  if (pod.revision === undefined || template === undefined || outlived(situation, pod).length > 0) return undefined;
  const isCurrent = pod.revision === currentRevision(situation);
  const old = isCurrent ? template : situation.oldTemplates.get(pod.revision);
  if (old === undefined) return 'unknown';
  return old === 'gone' ? undefined : resizeBetween(old, template);
};
