/**
 * Every field of ours in a running failover with real Redis: set, changed, left out, and brought into states that cannot work.
 * After each of them the last good manifest restores everything, byte by byte. SWEEP=full runs every step (`make sweep`).
 */
import { after, before, describe, test } from 'node:test';
import { ensureOperator } from '../e2e/harness/operator.ts';
import { STEPS, within } from './live/steps.ts';
import { Sweep } from './live/sweep.ts';

/** What the steps of `make test` may cost, by the table. */
const BUDGET_SECONDS = 180;
const STEP_LIMIT_MS = 15 * 60_000;

const chosen = process.env['SWEEP'] === 'full' ? STEPS : within(BUDGET_SECONDS);
const sweep = new Sweep();

describe(`the last good manifest restores everything (${chosen.length} of ${STEPS.length} steps)`, () => {
  before(ensureOperator);
  after(() => sweep.end());
  for (const step of chosen) test(step.name, { timeout: STEP_LIMIT_MS }, () => sweep.run(step));
});
