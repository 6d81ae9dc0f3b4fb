/** A Pod object turned into the facts that decisions are made of. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import { REVISION_ANNOTATION, ROLE_LABEL } from '../api/names.ts';
import { mountsInternal } from '../core/objects/internal-secret.ts';
import { PASSWORD_VARIABLE } from '../core/objects/redis-environment.ts';
import { mountsSentinelLogin } from '../core/objects/sentinel-secret.ts';
import type { ContainerFacts, LabelFacts, PodFacts } from '../core/observation.ts';
import { inheritedKeys } from '../core/pod-labels.ts';
import { resizeFacts } from './resize-facts.ts';

/** `container` is the name of the one that runs Redis or Sentinel; `isCordoned` knows the nodes. */
export const podFacts = (
  pod: Pod,
  { container, isCordoned }: { readonly container: string; readonly isCordoned: (node: string) => boolean },
): PodFacts => {
  const { metadata, status } = pod;
  const role = metadata?.labels?.[ROLE_LABEL];
  const ready = status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value === 'True');
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    ip: status?.podIP,
    node: pod.spec?.nodeName,
    createdAt: Date.parse(metadata?.creationTimestamp ?? ''),
    deleting: metadata?.deletionTimestamp !== undefined,
    deletion: deletionOf(pod),
    disruption: disruptionOf(pod),
    cordoned: pod.spec?.nodeName !== undefined && isCordoned(pod.spec.nodeName),
    phase: PHASES.find((phase) => phase === status?.phase) ?? 'Pending',
    ready: ready !== undefined,
    readySince: ready && Date.parse(ready.lastTransitionTime ?? ''),
    container: containerFacts(pod, container),
    restarts: status?.containerStatuses?.find((one) => one.name === container)?.restartCount ?? 0,
    revision: metadata?.annotations?.[REVISION_ANNOTATION] ?? metadata?.labels?.['controller-revision-hash'],
    resize: resizeFacts(pod),
    owners: {
      uids: (metadata?.ownerReferences ?? []).map(({ uid }) => uid),
      controller: metadata?.ownerReferences?.find(({ controller }) => controller)?.uid,
    },
    roleLabel: role === 'master' || role === 'slave' ? role : undefined,
    passwordSecret: passwordSecret(pod, container),
    labelling: labelFacts(pod),
    mountsInternal: mountsInternal(pod.spec),
    mountsSentinelLogin: mountsSentinelLogin(pod.spec),
  };
};

const passwordSecret = ({ spec }: Pod, container: string): string | undefined =>
  spec?.containers.find(({ name }) => name === container)?.env?.find(({ name }) => name === PASSWORD_VARIABLE)
    ?.valueFrom?.secretKeyRef?.name;

/** What a pod says of its labels. */
export const labelFacts = ({ metadata }: Pod): LabelFacts => ({
  labels: metadata?.labels ?? {},
  inherited: inheritedKeys(metadata),
});

/** The timestamp is when the grace period ends. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
const deletionOf = ({ metadata }: Pod): PodFacts['deletion'] => {
  if (metadata?.deletionTimestamp === undefined) return undefined;
  const graceMs = (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return { askedAt: Date.parse(metadata.deletionTimestamp) - graceMs, graceMs };
};

/** https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
const disruptionOf = ({ status }: Pod): string | undefined => {
  const condition = status?.conditions?.find(
    ({ type, status: value }) => type === 'DisruptionTarget' && value === 'True',
  );
  return condition && (condition.reason ?? 'DisruptionTarget');
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
