/**
 * Every field of ours in a running failover with real Redis: set, changed, left out, and brought into states that cannot work.
 * After each of them the last good manifest restores everything, byte by byte. SWEEP=full runs every step (`make sweep`).
 */
import { after, before, describe, test } from 'node:test';
import { ensureOperator } from '../e2e/harness/operator.ts';
import { Lanes } from './live/lanes.ts';
import { STEPS, within } from './live/steps.ts';

/** How many failovers are swept at a time. */
const LANES = 4;
/** What the steps of `make test` may cost, by the table; less time passes, as they go side by side. */
const BUDGET_SECONDS = 200;
const STEP_LIMIT_MS = 15 * 60_000;

const chosen = process.env['SWEEP'] === 'full' ? STEPS : within(BUDGET_SECONDS);
const lanes = new Lanes(LANES);

describe(`the last good manifest restores everything (${chosen.length} of ${STEPS.length} steps)`, {
  concurrency: LANES,
}, () => {
  before(ensureOperator);
  after(() => lanes.end());
  for (const step of chosen) test(step.name, { timeout: STEP_LIMIT_MS }, () => lanes.run(step));
});
