import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Summary, Verification } from '../bench/client/events.ts';
import { claimsOf, type Seen } from './claims.ts';

const KILLED_AT = 10_000;
const NOTHING_LOST: Verification = { kind: 'verified', master: '10.0.0.1:6379', lost: 0, lostKeys: [] };

const summaryWith = (verification: Verification): Summary => ({
  event: 'summary',
  client: 'sentinel',
  at: 20_000,
  acknowledged: 900,
  longestGapMs: 1_160,
  gaps: [],
  errors: {},
  verification,
});

const seen = (changes: Partial<Seen>): Seen => ({
  oldMaster: 'rfr-a-0',
  newMaster: 'rfr-a-1',
  replicas: ['rfr-a-0', 'rfr-a-2'],
  killedAt: KILLED_AT,
  summaries: [summaryWith(NOTHING_LOST)],
  ...changes,
});

const lostBetween = (firstAt: number, lastAt: number): Partial<Seen> => ({
  summaries: [summaryWith({ ...NOTHING_LOST, lost: 2, lostKeys: [{ first: 5, last: 6, firstAt, lastAt }] })],
});

const CASES: readonly { readonly what: string; readonly changes: Partial<Seen>; readonly broken: readonly RegExp[] }[] =
  [
    { what: 'a failover as it should be', changes: {}, broken: [] },
    { what: 'no new master', changes: { newMaster: 'rfr-a-0' }, broken: [/elected/] },
    { what: 'an old master that stays away', changes: { replicas: ['rfr-a-2'] }, broken: [/is back/] },
    { what: 'writes lost that were not replicated yet', changes: lostBetween(9_900, 9_990), broken: [] },
    {
      what: 'writes lost long after they were acknowledged',
      changes: lostBetween(5_000, 9_990),
      broken: [/2 of them/],
    },
    { what: 'writes lost that were acknowledged later', changes: lostBetween(9_900, 10_900), broken: [/2 of them/] },
    {
      what: 'a verification that failed',
      changes: { summaries: [summaryWith({ kind: 'failed', message: 'NOMASTER' })] },
      broken: [/NOMASTER/],
    },
  ];

describe('what the demonstration claims', () => {
  for (const { what, changes, broken } of CASES) {
    test(`${what}: ${broken.length === 0 ? 'all is so' : 'one thing is not so'}`, () => {
      const wrong = claimsOf(seen(changes)).filter(({ holds }) => !holds);
      assert.equal(wrong.length, broken.length, JSON.stringify(wrong));
      for (const [index, pattern] of broken.entries()) assert.match(wrong[index]?.sentence ?? '', pattern);
    });
  }

  test('the number of lost writes is told even when a crash excuses it', () => {
    const sentences = claimsOf(seen(lostBetween(9_900, 9_990))).map(({ sentence }) => sentence);
    assert.ok(sentences.some((sentence) => /900 writes acknowledged, 2 of them lost/.test(sentence)));
  });
});
