/** Changes the resources of a running pod. https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/ */
import { REVISION_ANNOTATION } from '../api/names.ts';
import type { ActionOf } from '../core/plan.ts';
import { KubeApiError } from '../kube/errors.ts';
import type { Context } from './context.ts';
import { PODS } from './kinds.ts';
import { DONE, type Occasion, type Outcome } from './occasion.ts';

type Resizing = Pick<Occasion, 'signal'> & {
  readonly namespace: string;
  readonly memory: Pick<Occasion['memory'], 'resizesRefused'>;
};

/**
 * Asks for the resources. A refusal for good (no such subresource, which Kubernetes has since 1.33; a change it does not make
 * to a running pod) is remembered, so that the pod is replaced instead; what a quota forbids would not be replaced either.
 * Rejects with `conflict` when it is another pod by now.
 */
export const resizePod = async (
  { api }: Pick<Context, 'api'>,
  { namespace, memory, signal }: Resizing,
  { target, resources, revision }: ActionOf<'resize-pod'>,
): Promise<Outcome> => {
  // The subresource takes nothing but resources from the patch, so that the rest of the containers may be left out.
  const containers = Object.entries(resources).map(([name, one]) => ({ name, resources: one }));
  const patch = { metadata: { uid: target.uid }, spec: { containers } };
  try {
    await api.mergePatch(PODS, { namespace, name: target.pod, subresource: 'resize', patch }, signal);
    return DONE;
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    if (error.code === 'forbidden') {
      return { kind: 'failed', problem: { reason: 'ResizeFailed', message: error.message } };
    }
    if (error.code !== 'not-found' && error.code !== 'invalid') throw error;
    memory.resizesRefused.set(target.uid, revision);
    return { kind: 'outdated', because: `it is replaced instead: ${error.message}` };
  }
};

/** Notes which revision a resized pod matches. Rejects with `conflict` when it is another pod by now. */
export const markRevision = async (
  { api }: Context,
  { situation, signal }: Occasion,
  { target, revision }: ActionOf<'mark-revision'>,
): Promise<Outcome> => {
  const patch = { metadata: { uid: target.uid, annotations: { [REVISION_ANNOTATION]: revision } } };
  await api.mergePatch(PODS, { namespace: situation.failover.metadata.namespace, name: target.pod, patch }, signal);
  return DONE;
};
