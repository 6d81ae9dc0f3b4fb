/** Remembers, per process of one failover, which lines of customConfig it accepted or refused, so that only differences are written. */
import { type ConfigLine, parseConfigLine } from '../api/config-lines.ts';
import { today } from '../core/custom-settings.ts';
import type { ConfigFacts } from '../core/observation.ts';
import { RedisError } from '../redis/errors.ts';

type Outcome = { readonly kind: 'accepted' | 'at-start' } | { readonly kind: 'refused'; readonly error: string };

/** One process: the pod it runs in, and the run id of a Redis or the id of a Sentinel. */
export type Process = { readonly uid: string; readonly id: string };

type Entry = {
  readonly id: string;
  readonly outcomes: Map<string, Outcome>;
  /** Those of the last look; undefined before the first. */
  lines: readonly string[] | undefined;
};

/**
 * Outcomes by pod and line. A restarted process starts anew. When the lines about a parameter change, all of them are
 * forgotten: one that left is applied again when it comes back, and so is one that it overrode.
 */
export class ConfigLedger {
  readonly #byPod = new Map<string, Entry>();

  /** How far `process` is with `lines`. */
  facts(process: Process, lines: readonly string[]): ConfigFacts {
    const entry = this.#entry(process);
    const { outcomes, lines: before = lines } = entry;
    if (!isSame(before, lines)) {
      for (const line of outcomes.keys()) if (!isSame(about(line, before), about(line, lines))) outcomes.delete(line);
    }
    entry.lines = lines;
    return {
      pending: lines.filter((line) => !outcomes.has(line)),
      refused: lines.flatMap((line) => {
        const outcome = outcomes.get(line);
        return outcome?.kind === 'refused' ? [{ line, error: outcome.error }] : [];
      }),
      atStart: lines.filter((line) => outcomes.get(line)?.kind === 'at-start'),
    };
  }

  record(process: Process, line: string, outcome: Outcome): void {
    this.#entry(process).outcomes.set(line, outcome);
  }

  /** Forgets the pods that are not among `uids`. */
  retain(uids: ReadonlySet<string>): void {
    for (const uid of this.#byPod.keys()) if (!uids.has(uid)) this.#byPod.delete(uid);
  }

  #entry({ uid, id }: Process): Entry {
    const known = this.#byPod.get(uid);
    if (known?.id === id) return known;
    const entry = { id, outcomes: new Map<string, Outcome>(), lines: undefined };
    this.#byPod.set(uid, entry);
    return entry;
  }
}

const about = (line: string, lines: readonly string[]): readonly string[] => {
  const name = today(parseConfigLine(line).parameter);
  return lines.filter((other) => today(parseConfigLine(other).parameter) === name);
};

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((line, index) => line === other[index]);

/**
 * A name of a file is never changed by customConfig, though Redis may allow it: a process that restarts would look for its data
 * under another one. Throws what Redis would answer.
 */
export const refuseFileNames = (parameter: string): void => {
  if (parameter === 'dbfilename' || parameter === 'dir')
    throw new RedisError({ code: 'reply', message: 'the operator sets this parameter' });
};

/**
 * Applies one line and remembers the outcome: a refusal is reported through the ledger, anything else is the caller's. `apply`
 * says whether the process has the line now, or takes it only at a start.
 */
export const applyLine = async (
  ledger: ConfigLedger,
  { process, line }: { readonly process: Process; readonly line: string },
  apply: (parsed: ConfigLine) => Promise<'accepted' | 'at-start'>,
): Promise<void> => {
  try {
    ledger.record(process, line, { kind: await apply(parseConfigLine(line)) });
  } catch (error) {
    if (!(error instanceof RedisError) || error.code !== 'reply') throw error;
    ledger.record(process, line, { kind: 'refused', error: error.message });
  }
};
