/** What the demonstration claims, judged by what was seen. Pure. */
import type { KeyRange, Summary } from '../bench/client/events.ts';

/**
 * Replication is asynchronous: what the master acknowledged so shortly before it was killed may be on no replica.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
 */
const REPLICATION_ALLOWANCE_MS = 1_000;

export type Claim = { readonly sentence: string; readonly holds: boolean };

/** What was seen; pods by name. */
export type Seen = {
  readonly oldMaster: string;
  readonly newMaster: string;
  readonly replicas: readonly string[];
  /** When the signal was sent, in milliseconds since 1970. */
  readonly killedAt: number;
  readonly summaries: readonly Summary[];
};

/** All claims, in the order in which they are told. */
export const claimsOf = (seen: Seen): readonly Claim[] => [
  {
    sentence: `Sentinel elected ${seen.newMaster}; the master had been ${seen.oldMaster}`,
    holds: seen.newMaster !== seen.oldMaster,
  },
  {
    sentence: `${seen.oldMaster} is back, as a replica of ${seen.newMaster}`,
    holds: seen.replicas.includes(seen.oldMaster),
  },
  ...seen.summaries.map((summary) => unavailability(summary)),
  ...seen.summaries.map((summary) => loss(summary, seen.killedAt)),
];

const clientOf = ({ client }: Summary): string =>
  client === 'sentinel' ? 'the client that asks Sentinel' : "the client of the master's Service";

const unavailability = (summary: Summary): Claim => ({
  sentence: `${clientOf(summary)} could not write for ${(summary.longestGapMs / 1000).toFixed(2)} s`,
  holds: summary.acknowledged > 0,
});

const loss = (summary: Summary, killedAt: number): Claim => {
  const { verification, acknowledged } = summary;
  if (verification.kind === 'failed') {
    return { sentence: `${clientOf(summary)} could not look for its writes: ${verification.message}`, holds: false };
  }
  const { lost, lostKeys } = verification;
  const sentence = `${clientOf(summary)}: ${acknowledged} writes acknowledged, ${lost} of them lost`;
  if (lost === 0) return { sentence, holds: true };
  return lostKeys.every((range) => isPriceOfCrash(range, killedAt))
    ? { sentence: `${sentence}: the last before the crash, not replicated yet`, holds: true }
    : { sentence: `${sentence}, more than a crash excuses`, holds: false };
};

const isPriceOfCrash = ({ firstAt, lastAt }: KeyRange, killedAt: number): boolean =>
  firstAt > killedAt - REPLICATION_ALLOWANCE_MS && lastAt <= killedAt + ACKNOWLEDGED_UNTIL_DEAD_MS;

/** The signal arrives a moment after it is sent. */
const ACKNOWLEDGED_UNTIL_DEAD_MS = 300;
