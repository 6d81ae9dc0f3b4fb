/** Remembers, per process, which lines of customConfig it accepted or refused, so that only differences are written. */
import { parseConfigLine } from '../api/config-lines.ts';
import type { ConfigFacts } from '../core/observation.ts';
import { RedisError } from '../redis/errors.ts';

type Outcome = { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly error: string };

/**
 * Outcomes by process (a Redis run id, a Sentinel id with its watch) and line. A restarted process starts anew; a line
 * that left the spec is forgotten, so that it is applied again when it comes back.
 */
export class ConfigLedger {
  readonly #outcomes = new Map<string, Map<string, Outcome>>();

  /** How far `process` is with `lines`. */
  facts(process: string, lines: readonly string[]): ConfigFacts {
    const known = this.#outcomes.get(process);
    for (const line of known?.keys() ?? []) if (!lines.includes(line)) known?.delete(line);
    return {
      pending: lines.filter((line) => !known?.has(line)),
      refused: lines.flatMap((line) => {
        const outcome = known?.get(line);
        return outcome?.kind === 'refused' ? [{ line, error: outcome.error }] : [];
      }),
    };
  }

  record(process: string, line: string, outcome: Outcome): void {
    const known = this.#outcomes.get(process) ?? new Map<string, Outcome>();
    this.#outcomes.set(process, known.set(line, outcome));
  }

  /** Drops every process that is not among `processes`. */
  retain(processes: ReadonlySet<string>): void {
    for (const process of this.#outcomes.keys()) if (!processes.has(process)) this.#outcomes.delete(process);
  }
}

/** Applies one line and remembers the outcome: a refusal is reported through the ledger, anything else is the caller's. */
export const applyLine = async (
  ledger: ConfigLedger,
  { process, line }: { readonly process: string; readonly line: string },
  apply: (parsed: { readonly parameter: string; readonly value: string }) => Promise<unknown>,
): Promise<void> => {
  try {
    await apply(parseConfigLine(line));
    ledger.record(process, line, { kind: 'accepted' });
  } catch (error) {
    if (!(error instanceof RedisError) || error.code !== 'reply') throw error;
    ledger.record(process, line, { kind: 'refused', error: error.message });
  }
};
