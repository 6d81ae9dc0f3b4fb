/** What the status and `kubectl describe` say of a failover that just happened. */
import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { getFailover } from './failover.ts';
import { kubectl } from './kubectl.ts';
import type { FailoverKey } from './pods.ts';
import type { Settled } from './views.ts';

const TELLING_LIMIT_MS = 60_000;
const AT_REST = {
  Ready: 'True',
  Progressing: 'False',
  Degraded: 'False',
  MasterAvailable: 'True',
  SentinelsAgree: 'True',
  ConfigApplied: 'True',
};

/** The newest entry of the history is the crash of the old master, and all conditions are good again. */
export const requireFailoverTold = async (
  failover: FailoverKey,
  { before, after }: { readonly before: Settled; readonly after: Settled },
): Promise<void> => {
  const [newest, ...older] = (await getFailover(failover)).status?.failovers ?? [];
  assert.deepEqual(
    { cause: newest?.cause, from: newest?.from, to: newest?.to, older },
    { cause: 'MasterCrashed', from: before.master.name, to: after.master.name, older: [] },
  );
  assert.ok(newest?.detected !== undefined && newest.detected <= newest.promoted, 'detected is not before promoted');
  await eventually('all conditions are good', TELLING_LIMIT_MS, async () => {
    const { conditions = [] } = (await getFailover(failover)).status ?? {};
    assert.deepEqual(Object.fromEntries(conditions.map(({ type, status }) => [type, status])), AT_REST);
  });
  const described = await kubectl(['--namespace', failover.namespace, 'describe', 'redisfailover', failover.name]);
  for (const word of [newest.message, `${after.master.name} is the master instead of ${before.master.name}`])
    assert.ok(described.includes(word), `kubectl describe does not say: ${word}`);
};
