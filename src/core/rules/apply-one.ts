import type { KubeObject } from '../../ports.ts';
import { differs } from '../objects/differs.ts';
import type { Verdict } from '../plan.ts';

/** Applies an object unless the live one is as it should be. */
export const applyOne = (object: KubeObject, live: KubeObject | undefined): Verdict => {
  const difference = live === undefined ? 'it does not exist' : differs(object, live);
  if (difference === undefined) return {};
  const name = `${object.kind} ${object.metadata?.name}`;
  return {
    actions: [{ kind: 'apply', object, live, why: { reason: 'ObjectApplied', message: `${name}: ${difference}` } }],
  };
};
