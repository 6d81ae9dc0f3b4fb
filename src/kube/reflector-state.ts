import { backoffDelayMs } from './backoff.ts';
import type { KubeErrorCode } from './errors.ts';

/**
 * What a reflector is doing. `failures` counts failures in a row. `backing-off` with a `resourceVersion` goes on watching
 * from there, without one it lists again. `quiet`: nothing has come since the watch began.
 */
export type ReflectorState =
  | { readonly kind: 'listing'; readonly failures: number }
  | { readonly kind: 'watching'; readonly resourceVersion: string; readonly failures: number; readonly quiet: boolean }
  | {
      readonly kind: 'backing-off';
      readonly delayMs: number;
      readonly failures: number;
      readonly resourceVersion: string | undefined;
    };

/** What happened to it. `random` in [0, 1) spreads the backoff; `lastedMs` is how long a watch was open. */
export type ReflectorEvent =
  | { readonly kind: 'listed'; readonly resourceVersion: string }
  /** A change or a bookmark came: everything up to this version is in the store. */
  | { readonly kind: 'advanced'; readonly resourceVersion: string }
  | { readonly kind: 'ended'; readonly lastedMs: number; readonly random: number }
  | { readonly kind: 'failed'; readonly code: KubeErrorCode; readonly random: number }
  | { readonly kind: 'waited' };

export const INITIAL_STATE: ReflectorState = { kind: 'listing', failures: 0 };

export const REFLECTOR_BACKOFF = { baseMs: 200, limitMs: 10_000 };
/** A watch that ends sooner and brought nothing counts as a failure, so that a server that keeps hanging up is spared. */
export const SHORTEST_WATCH_MS = 1000;
/** After this many refusals in a row a watch no longer trusts its resource version: etcd may have been restored. */
export const FAILURES_BEFORE_RELIST = 5;

/** The next state. An event that cannot happen in a state leaves it as it is. */
export const step = (state: ReflectorState, event: ReflectorEvent): ReflectorState => {
  switch (state.kind) {
    case 'listing':
      return stepListing(state, event);
    case 'watching':
      return stepWatching(state, event);
    case 'backing-off':
      return event.kind === 'waited' ? resume(state) : state;
    default:
      return state satisfies never;
  }
};

type Listing = Extract<ReflectorState, { kind: 'listing' }>;
type Watching = Extract<ReflectorState, { kind: 'watching' }>;
type BackingOff = Extract<ReflectorState, { kind: 'backing-off' }>;

const stepListing = (state: Listing, event: ReflectorEvent): ReflectorState => {
  if (event.kind === 'listed') return watchFrom(event.resourceVersion, state.failures);
  if (event.kind === 'failed') return backOff(state, { random: event.random, resourceVersion: undefined });
  return state;
};

const stepWatching = (state: Watching, event: ReflectorEvent): ReflectorState => {
  switch (event.kind) {
    case 'advanced':
      return { kind: 'watching', resourceVersion: event.resourceVersion, failures: 0, quiet: false };
    case 'ended':
      return stepEnded(state, event);
    case 'failed':
      return stepFailed(state, event);
    case 'listed':
    case 'waited':
      return state;
    default:
      return event satisfies never;
  }
};

const stepEnded = (state: Watching, event: { lastedMs: number; random: number }): ReflectorState => {
  if (state.quiet && event.lastedMs < SHORTEST_WATCH_MS)
    return backOff(state, { ...event, resourceVersion: state.resourceVersion });
  return watchFrom(state.resourceVersion, 0);
};

/** 410: the version is too old to go on from, so list again, at once unless the list that gave it was the last we did. */
const stepFailed = (state: Watching, event: { code: KubeErrorCode; random: number }): ReflectorState => {
  if (event.code !== 'gone') {
    const exhausted = event.code !== 'unreachable' && state.failures + 1 >= FAILURES_BEFORE_RELIST;
    return backOff(state, { ...event, resourceVersion: exhausted ? undefined : state.resourceVersion });
  }
  return state.quiet && state.failures > 0
    ? backOff(state, { ...event, resourceVersion: undefined })
    : { kind: 'listing', failures: state.failures + 1 };
};

const resume = (state: BackingOff): ReflectorState =>
  state.resourceVersion === undefined
    ? { kind: 'listing', failures: state.failures }
    : watchFrom(state.resourceVersion, state.failures);

const watchFrom = (resourceVersion: string, failures: number): ReflectorState => ({
  kind: 'watching',
  resourceVersion,
  failures,
  quiet: true,
});

const backOff = (
  { failures }: Listing | Watching,
  { random, resourceVersion }: { readonly random: number; readonly resourceVersion: string | undefined },
): ReflectorState => ({
  kind: 'backing-off',
  delayMs: backoffDelayMs(REFLECTOR_BACKOFF, { failures: failures + 1, random }),
  failures: failures + 1,
  resourceVersion,
});
