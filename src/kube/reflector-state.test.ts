import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INITIAL_STATE, type ReflectorEvent, type ReflectorState, step } from './reflector-state.ts';

const random = 0.5;
const watching = { kind: 'watching', resourceVersion: '7', failures: 0, quiet: false } as const;

type Row = {
  readonly sentence: string;
  readonly from: ReflectorState;
  readonly event: ReflectorEvent;
  readonly to: Partial<ReflectorState>;
};

const rows: Row[] = [
  {
    sentence: 'a list is followed by a watch from its version',
    from: INITIAL_STATE,
    event: { kind: 'listed', resourceVersion: '7' },
    to: { kind: 'watching', resourceVersion: '7', quiet: true },
  },
  {
    sentence: 'a failed list is tried again after a while',
    from: INITIAL_STATE,
    event: { kind: 'failed', code: 'unreachable', random },
    to: { kind: 'backing-off', delayMs: 150, failures: 1, resourceVersion: undefined },
  },
  {
    sentence: 'a list that keeps failing is tried less and less often',
    from: { kind: 'listing', failures: 20 },
    event: { kind: 'failed', code: 'server', random },
    to: { kind: 'backing-off', delayMs: 7500, failures: 21 },
  },
  {
    sentence: 'an event or a bookmark moves the version on and ends the row of failures',
    from: { ...watching, failures: 3, quiet: true },
    event: { kind: 'advanced', resourceVersion: '9' },
    to: { kind: 'watching', resourceVersion: '9', failures: 0, quiet: false },
  },
  {
    sentence: 'a watch that the server ended goes on from where it was',
    from: watching,
    event: { kind: 'ended', lastedMs: 290_000, random },
    to: { kind: 'watching', resourceVersion: '7', quiet: true },
  },
  {
    sentence: 'a watch that ended soon but brought something goes on at once',
    from: watching,
    event: { kind: 'ended', lastedMs: 5, random },
    to: { kind: 'watching', resourceVersion: '7' },
  },
  {
    sentence: 'a watch that ended soon and brought nothing waits before it goes on',
    from: { ...watching, quiet: true },
    event: { kind: 'ended', lastedMs: 5, random },
    to: { kind: 'backing-off', resourceVersion: '7', failures: 1 },
  },
  {
    sentence: 'a broken watch waits and goes on from where it was',
    from: watching,
    event: { kind: 'failed', code: 'unreachable', random },
    to: { kind: 'backing-off', resourceVersion: '7', failures: 1 },
  },
  {
    sentence: 'a watch that went silent waits and goes on from where it was',
    from: watching,
    event: { kind: 'failed', code: 'timeout', random },
    to: { kind: 'backing-off', resourceVersion: '7' },
  },
  {
    sentence: 'a watch that keeps failing distrusts its version and lists again',
    from: { ...watching, failures: 4, quiet: true },
    event: { kind: 'failed', code: 'timeout', random },
    to: { kind: 'backing-off', resourceVersion: undefined, failures: 5 },
  },
  {
    sentence: 'a watch that finds no server goes on from where it was, however often',
    from: { ...watching, failures: 40, quiet: true },
    event: { kind: 'failed', code: 'unreachable', random },
    to: { kind: 'backing-off', resourceVersion: '7', failures: 41 },
  },
  {
    sentence: 'an expired version is followed by a list at once',
    from: watching,
    event: { kind: 'failed', code: 'gone', random },
    to: { kind: 'listing' },
  },
  {
    sentence: 'a version that expired right after a list that followed another expiry waits',
    from: { ...watching, failures: 1, quiet: true },
    event: { kind: 'failed', code: 'gone', random },
    to: { kind: 'backing-off', resourceVersion: undefined, failures: 2 },
  },
  {
    sentence: 'after the wait the watch goes on',
    from: { kind: 'backing-off', delayMs: 1, failures: 2, resourceVersion: '7' },
    event: { kind: 'waited' },
    to: { kind: 'watching', resourceVersion: '7', failures: 2, quiet: true },
  },
  {
    sentence: 'after the wait the list is tried again',
    from: { kind: 'backing-off', delayMs: 1, failures: 2, resourceVersion: undefined },
    event: { kind: 'waited' },
    to: { kind: 'listing', failures: 2 },
  },
  {
    sentence: 'an event that cannot happen changes nothing',
    from: INITIAL_STATE,
    event: { kind: 'waited' },
    to: INITIAL_STATE,
  },
];

for (const { sentence, from, event, to } of rows) {
  test(sentence, () => assert.partialDeepStrictEqual(step(from, event), to));
}
