/** What a load client says, one JSON object a line. Harnesses read these lines with `kubectl logs`. */

/** `sentinel` knows only the Sentinels' Service and asks them for the master; `service` only the master's Service. */
export type ClientKind = 'sentinel' | 'service';

/** A time without an acknowledged write that was longer than 100 ms. */
export type Gap = {
  /** When the write before it was acknowledged, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Until the next acknowledged write, or until the load was stopped. */
  readonly durationMs: number;
  /** How many writes were acknowledged before it. */
  readonly acknowledged: number;
};

/** Numbers of consecutive keys, both ends included, and when those two were acknowledged. */
export type KeyRange = {
  readonly first: number;
  readonly last: number;
  readonly firstAt: number;
  readonly lastAt: number;
};

export type Started = {
  readonly event: 'start';
  readonly client: ClientKind;
  readonly at: number;
  readonly prefix: string;
};
/** Twice a second: keys 0 to `acknowledged - 1` were acknowledged. `openGapMs`: how long ago the last of them was. */
export type Progress = {
  readonly event: 'progress';
  readonly at: number;
  readonly acknowledged: number;
  readonly openGapMs: number;
};
export type GapEnded = { readonly event: 'gap' } & Gap;
/** The first error after a write that succeeded; the others are counted in the summary. */
export type Trouble = {
  readonly event: 'trouble';
  readonly at: number;
  readonly kind: string;
  readonly message: string;
  readonly acknowledged: number;
};

/** The end: what was measured, and which acknowledged keys the master does not have. */
export type Summary = {
  readonly event: 'summary';
  readonly client: ClientKind;
  readonly at: number;
  readonly acknowledged: number;
  readonly longestGapMs: number;
  readonly gaps: readonly Gap[];
  /** How often each kind of error came: an error number such as ECONNREFUSED, or the first word of Redis' answer. */
  readonly errors: Readonly<Record<string, number>>;
  readonly verification: Verification;
};

export type Verification =
  | {
      readonly kind: 'verified';
      /** `host:port` of the master that was asked. */
      readonly master: string;
      readonly lost: number;
      /** The first 200 ranges of lost keys. */
      readonly lostKeys: readonly KeyRange[];
    }
  | { readonly kind: 'failed'; readonly message: string };

export type LoadEvent = Started | Progress | GapEnded | Trouble | Summary;

const EVENTS: readonly string[] = ['start', 'progress', 'gap', 'trouble', 'summary'] satisfies LoadEvent['event'][];

/** Reads a client's log. Lines that are none of its events are left out. */
export const parseEvents = (log: string): readonly LoadEvent[] => log.split('\n').flatMap((line) => parseLine(line));

const parseLine = (line: string): readonly LoadEvent[] => {
  if (!line.startsWith('{"event":')) return [];
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? [value] : [];
  } catch {
    return []; // the last line of a log that is still being written
  }
};

/** Only the client writes such lines, so the rest of it is believed. */
const isEvent = (value: unknown): value is LoadEvent =>
  typeof value === 'object' && value !== null && 'event' in value && EVENTS.includes(String(value.event));
