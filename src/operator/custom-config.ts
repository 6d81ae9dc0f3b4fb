/** Remembers, per process of one failover, which lines of customConfig it accepted or refused, so that only differences are written. */
import { type ConfigLine, parseConfigLine } from '../api/config-lines.ts';
import type { ConfigFacts } from '../core/observation.ts';
import { RedisError } from '../redis/errors.ts';

type Outcome = { readonly kind: 'accepted' | 'at-start' } | { readonly kind: 'refused'; readonly error: string };

/** One process: the pod it runs in, and the run id of a Redis or the id of a Sentinel. */
export type Process = { readonly uid: string; readonly id: string };

/**
 * Outcomes by pod and line. A restarted process starts anew; a line that left the spec is forgotten, so that it is applied
 * again when it comes back.
 */
export class ConfigLedger {
  readonly #byPod = new Map<string, { readonly id: string; readonly outcomes: Map<string, Outcome> }>();

  /** How far `process` is with `lines`. */
  facts(process: Process, lines: readonly string[]): ConfigFacts {
    const outcomes = this.#outcomes(process);
    for (const line of outcomes.keys()) if (!lines.includes(line)) outcomes.delete(line);
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
    this.#outcomes(process).set(line, outcome);
  }

  /** Forgets the pods that are not among `uids`. */
  retain(uids: ReadonlySet<string>): void {
    for (const uid of this.#byPod.keys()) if (!uids.has(uid)) this.#byPod.delete(uid);
  }

  #outcomes({ uid, id }: Process): Map<string, Outcome> {
    const known = this.#byPod.get(uid);
    if (known?.id === id) return known.outcomes;
    const outcomes = new Map<string, Outcome>();
    this.#byPod.set(uid, { id, outcomes });
    return outcomes;
  }
}

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
