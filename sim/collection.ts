import type { KubeObject, Selection, WatchEvent } from '../src/ports.ts';
import { isSelected } from './selectors.ts';

/** Any object, with the two parts that the server treats apart. */
export type Stored = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

/** One write: what was there before and after it; one of them may be missing. */
type Entry = {
  readonly revision: number;
  readonly before: Stored | undefined;
  readonly after: Stored | undefined;
};

/** How many writes a watch can go back. */
const HISTORY_LIMIT = 10_000;

/** The objects of one resource, with the history that watches read. */
export class Collection {
  readonly #objects = new Map<string, Stored>();
  readonly #watches = new Set<Watch>();
  #history: Entry[] = [];
  #compactedRevision = 0;

  get(key: string): Stored | undefined {
    return this.#objects.get(key);
  }

  select(selection: Selection): Stored[] {
    const keys = [...this.#objects.keys()].sort();
    return keys.flatMap((key) => this.#objects.get(key) ?? []).filter((object) => isSelected(object, selection));
  }

  /** `after` undefined: the object is gone. Its resource version must be `revision`; a deletion carries it in `before`. */
  write(key: string, { revision, after }: { readonly revision: number; readonly after: Stored | undefined }): void {
    const before = this.#objects.get(key);
    if (after === undefined) this.#objects.delete(key);
    else this.#objects.set(key, after);
    this.#history.push({ revision, before, after });
    if (this.#history.length > HISTORY_LIMIT) this.compact(this.#history[HISTORY_LIMIT / 2]?.revision ?? 0);
    for (const watch of this.#watches) watch.wake();
  }

  /** Forgets the writes before `revision`: a watch from an earlier one gets 410. */
  compact(revision: number): void {
    this.#compactedRevision = revision;
    this.#history = this.#history.filter((entry) => entry.revision > revision);
  }

  /** Ends all watches as a server does that wants to: without an error. */
  endWatches(): void {
    for (const watch of this.#watches) watch.end();
  }

  /** Tells all watches that they have seen everything up to `revision`. */
  bookmark(revision: number): void {
    for (const watch of this.#watches) watch.bookmark(revision);
  }

  async *watch(
    selection: Selection & { readonly resourceVersion: string },
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<KubeObject>, void, undefined> {
    signal.throwIfAborted();
    const watch = new Watch(Number(selection.resourceVersion));
    const abort = (): void => watch.wake();
    signal.addEventListener('abort', abort);
    this.#watches.add(watch);
    try {
      while (!watch.ended) {
        const woken = watch.woken();
        yield* this.#eventsFor(watch, selection);
        if (!watch.ended) await woken;
        signal.throwIfAborted();
      }
    } finally {
      this.#watches.delete(watch);
      signal.removeEventListener('abort', abort);
    }
  }

  *#eventsFor(watch: Watch, selection: Selection): Generator<WatchEvent<KubeObject>, void, undefined> {
    if (watch.revision < this.#compactedRevision) {
      watch.end();
      yield { type: 'ERROR', object: { code: 410, message: `too old resource version: ${watch.revision}` } };
      return;
    }
    for (const entry of this.#history.filter(({ revision }) => revision > watch.revision)) {
      watch.revision = entry.revision;
      const event = eventOf(entry, selection);
      if (event !== undefined) yield event;
    }
    const bookmark = watch.takeBookmark();
    if (bookmark !== undefined) yield bookmark;
  }
}

/** What a watch with this selection sees of a write: an object that no longer matches is deleted, as far as it knows. */
const eventOf = ({ revision, before, after }: Entry, selection: Selection): WatchEvent<KubeObject> | undefined => {
  const was = before !== undefined && isSelected(before, selection);
  if (after !== undefined && isSelected(after, selection)) return { type: was ? 'MODIFIED' : 'ADDED', object: after };
  if (!was) return undefined;
  const metadata = { ...before.metadata, resourceVersion: String(revision) };
  return { type: 'DELETED', object: { ...(after ?? before), metadata } };
};

/** One open watch: how far it has read, and how to wake it. */
class Watch {
  revision: number;
  ended = false;
  #bookmark: number | undefined;
  #wakeUp = Promise.withResolvers<void>();

  constructor(revision: number) {
    this.revision = revision;
  }

  woken(): Promise<void> {
    return this.#wakeUp.promise;
  }

  wake(): void {
    this.#wakeUp.resolve();
    this.#wakeUp = Promise.withResolvers();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  bookmark(revision: number): void {
    this.#bookmark = revision;
    this.wake();
  }

  takeBookmark(): WatchEvent<KubeObject> | undefined {
    const revision = this.#bookmark;
    this.#bookmark = undefined;
    if (revision === undefined) return undefined;
    this.revision = Math.max(this.revision, revision);
    return { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(revision) } } };
  }
}
