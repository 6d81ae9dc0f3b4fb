import type { Clock, KubeObject, Resource, Selection, WatchEvent } from '../ports.ts';
import { KubeApiError } from './errors.ts';
import { parseJson } from './json.ts';
import { lines } from './lines.ts';
import { watchRequest } from './requests.ts';
import { asKubeApiError, exchange, type TransportOptions } from './transport.ts';

type WatchOptions = TransportOptions & { readonly idleTimeoutMs: number };

/** The server ends the answer after this long; the reflector then asks again from where it was. */
const TIMEOUT_SECONDS = 290;
/** Several times the largest object that etcd stores (1.5 MB). */
const LINE_LIMIT = 16_000_000;

/**
 * The events of a watch, until the server ends its answer (return) or the signal fires (throws its reason). Throws a
 * `KubeApiError` with code `timeout` when not a byte came for `idleTimeoutMs`: a connection can die without a word.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function* watch<T extends KubeObject>(
  options: WatchOptions,
  { resource, selection }: { readonly resource: Resource; readonly selection: Selection & { resourceVersion: string } },
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  const idle = new IdleAlarm(options.clock, options.idleTimeoutMs);
  const either = AbortSignal.any([signal, idle.signal]);
  const request = watchRequest(resource, { ...selection, timeoutSeconds: TIMEOUT_SECONDS });
  const body = await exchange(options, request, { read: async (response) => response.body, signal: either });
  try {
    for await (const line of lines(idle.rearmedBy(body), LINE_LIMIT)) yield parseEvent<T>(line);
  } catch (error) {
    throw asKubeApiError(error, either);
  } finally {
    idle.cancel();
    body.destroy();
  }
}

/** Fires its signal with a `timeout` error when no chunk came for `timeoutMs`. */
class IdleAlarm {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async *rearmedBy(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    this.#arm();
    for await (const chunk of chunks) {
      this.#arm();
      yield chunk;
    }
  }

  cancel(): void {
    this.#cancel();
  }

  #arm(): void {
    this.#cancel();
    this.#cancel = this.#clock.after(this.#timeoutMs, () => {
      const message = `the watch brought nothing for ${this.#timeoutMs} ms`;
      this.#controller.abort(new KubeApiError({ code: 'timeout', message }));
    });
  }
}

const parseEvent = <T extends KubeObject>(line: string): WatchEvent<T> => {
  try {
    return parseJson<WatchEvent<T>>(line);
  } catch (cause) {
    throw new KubeApiError({ code: 'server', status: 200, message: 'a line of the watch is not JSON', cause });
  }
};
