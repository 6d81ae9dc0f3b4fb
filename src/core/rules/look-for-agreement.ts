import type { Verdict } from '../plan.ts';
import { isAgreementNear } from '../sentinels-agree.ts';
import type { Situation } from '../situation.ts';

/** A Sentinel tells nobody that its connection to a new master stands; while that is expected it is looked for this often. */
const LOOK_MS = 1_000;

/** Looks again while the Sentinels settle on a master, so that the status says soon that they have. It acts on nothing. */
export const lookForAgreement = (situation: Situation): Verdict =>
  isAgreementNear(situation) ? { recheckMs: LOOK_MS } : {};
