/** Changes the size that a volume claim asks for. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims */
import type { ActionOf } from '../core/plan.ts';
import { KubeApiError } from '../kube/errors.ts';
import type { Context } from './context.ts';
import { CLAIMS } from './kinds.ts';
import { DONE, type Occasion, type Outcome } from './occasion.ts';

type Resizing = Pick<Occasion, 'signal'> & {
  readonly namespace: string;
  readonly memory: Pick<Occasion['memory'], 'claimsRefused'>;
};

/**
 * Asks for the size. A refusal (a class without expansion, a quota, less than the volume has) is remembered, and is a failure
 * the first time; from then on the rule reports it. Rejects with `conflict` when it is another claim by now.
 */
export const resizeClaim = async (
  { api, clock }: Pick<Context, 'api' | 'clock'>,
  { namespace, memory, signal }: Resizing,
  { target, size }: ActionOf<'resize-claim'>,
): Promise<Outcome> => {
  const patch = { metadata: { uid: target.uid }, spec: { resources: { requests: { storage: size } } } };
  try {
    await api.mergePatch(CLAIMS, { namespace, name: target.claim, patch }, signal);
    memory.claimsRefused.delete(target.uid);
    return DONE;
  } catch (error) {
    if (!(error instanceof KubeApiError) || (error.code !== 'forbidden' && error.code !== 'invalid')) throw error;
    const message = `claim ${target.claim} (storage class ${target.storageClass}) does not get ${size}: ${error.message}`;
    const known = memory.claimsRefused.get(target.uid);
    memory.claimsRefused.set(target.uid, { size, message, at: clock.now() });
    return known?.size === size
      ? { kind: 'outdated', because: message }
      : { kind: 'failed', problem: { reason: 'VolumeNotGrown', message } };
  }
};
