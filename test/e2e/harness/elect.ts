/** A planned change of master, to bring a failover into the state that a test begins with. */
import { HAND_OVER_ANNOTATION } from '../../../src/api/names.ts';
import { eventually } from './eventually.ts';
import type { Sizes } from './failover.ts';
import { kubectl } from './kubectl.ts';
import type { FailoverKey } from './pods.ts';
import { settled } from './views.ts';

type Wanted = { readonly pod: string; readonly sizes: Sizes };

const LIMIT_MS = 60_000;

/** Asks the operator for it; resolves when `pod` is the master of a settled failover. */
export const electMaster = async (failover: FailoverKey, { pod, sizes }: Wanted): Promise<void> => {
  await annotate(failover, `${HAND_OVER_ANNOTATION}=${pod}`);
  await eventually(`${pod} is master`, LIMIT_MS, async () => {
    const { master } = await settled(failover, sizes);
    if (master.name !== pod) throw new Error(`${master.name} is master`);
  });
  await annotate(failover, `${HAND_OVER_ANNOTATION}-`);
};

const annotate = ({ namespace, name }: FailoverKey, change: string): Promise<string> =>
  kubectl(['annotate', `redisfailover/${name}`, '--namespace', namespace, '--overwrite', change]);
