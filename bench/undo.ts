/** What has to be put back, whatever happens: changes are noted before they are made, and undone in reverse order. */

/** Puts one thing back now, unless that has been done. */
export type PutBack = () => Promise<void>;

type Entry = { readonly what: string; readonly putBack: () => Promise<unknown> };

export class Undo {
  readonly #say: (line: string) => void;
  #entries: readonly Entry[] = [];
  #ended = false;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Notes how to undo a change that is about to be made. Throws when everything is being put back already. */
  add(what: string, putBack: () => Promise<unknown>): PutBack {
    this.throwIfEnded(what);
    const entry: Entry = { what, putBack };
    this.#entries = [...this.#entries, entry];
    return async () => {
      if (!this.#entries.includes(entry)) return;
      this.#entries = this.#entries.filter((other) => other !== entry);
      await putBack();
    };
  }

  /** Throws when everything is being put back: then nothing new may begin. */
  throwIfEnded(what: string): void {
    if (this.#ended) throw new Error(`interrupted before: ${what}`);
  }

  /** Puts everything back, the last first. What cannot be is told; never rejects. */
  async all(): Promise<void> {
    this.#ended = true;
    for (const { what, putBack } of this.#entries.toReversed()) {
      this.#say(`  restoring: ${what}`);
      await putBack().catch((error: unknown) => this.#say(`  not restored: ${what}: ${String(error)}`));
    }
    this.#entries = [];
  }
}
