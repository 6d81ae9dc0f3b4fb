/** A Pod object turned into the facts that decisions are made of. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import { REVISION_ANNOTATION, ROLE_LABEL } from '../api/names.ts';
import type { ContainerFacts, PodFacts } from '../core/observation.ts';
import { resizeFacts } from './resize-facts.ts';

/** `container` is the name of the one that runs Redis or Sentinel. */
export const podFacts = (pod: Pod, container: string): PodFacts => {
  const { metadata, status } = pod;
  const role = metadata?.labels?.[ROLE_LABEL];
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    ip: status?.podIP,
    node: pod.spec?.nodeName,
    createdAt: Date.parse(metadata?.creationTimestamp ?? ''),
    deleting: metadata?.deletionTimestamp !== undefined,
    phase: PHASES.find((phase) => phase === status?.phase) ?? 'Pending',
    ready: status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
    container: containerFacts(pod, container),
    restarts: status?.containerStatuses?.find((one) => one.name === container)?.restartCount ?? 0,
    revision: metadata?.annotations?.[REVISION_ANNOTATION] ?? metadata?.labels?.['controller-revision-hash'],
    resize: resizeFacts(pod),
    roleLabel: role === 'master' || role === 'slave' ? role : undefined,
  };
};

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;

const containerFacts = (pod: Pod, name: string): ContainerFacts => {
  const state = pod.status?.containerStatuses?.find((one) => one.name === name)?.state;
  if (state?.running) return { kind: 'running', startedAt: Date.parse(state.running.startedAt ?? '') };
  if (state?.terminated) {
    return { kind: 'terminated', reason: state.terminated.reason ?? '', exitCode: state.terminated.exitCode };
  }
  return (
    waitingInit(pod) ?? {
      kind: 'waiting',
      reason: state?.waiting?.reason ?? unscheduled(pod).reason,
      message: state?.waiting?.message ?? unscheduled(pod).message,
    }
  );
};

/** An init container that cannot start keeps the main one waiting without a reason of its own. */
const waitingInit = (pod: Pod): ContainerFacts | undefined => {
  const stuck = pod.status?.initContainerStatuses?.find(
    ({ state }) => state?.waiting !== undefined && state.waiting.reason !== 'PodInitializing',
  );
  const waiting = stuck?.state?.waiting;
  return waiting && { kind: 'waiting', reason: waiting.reason ?? '', message: waiting.message ?? '' };
};

const unscheduled = (pod: Pod): { readonly reason: string; readonly message: string } => {
  const condition = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return { reason: condition?.reason ?? 'Creating', message: condition?.message ?? '' };
};
