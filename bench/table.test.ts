import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Sample, Writing } from './sample.ts';
import { describeSample, renderTable, seconds } from './table.ts';
import type { Target } from './targets.ts';

const target = (changes: Partial<Target>): Target => ({
  scenario: 'kill',
  figure: 'gap',
  title: 'killed',
  predecessor: '35 s',
  target: '1.5 s',
  stretch: '1 s',
  ...changes,
});

const writing = (ms: number, lost: number | undefined = 0): Writing => ({
  gapMs: { sentinel: ms, service: ms / 2 },
  lost: { sentinel: lost, service: 1 },
  errors: { sentinel: 7, service: 0 },
});

const rowOf = (row: Target, results: readonly (Sample | { readonly failure: string })[]): string =>
  renderTable([row], [{ operator: 'ours', results: { [row.scenario]: results } }]).split('\n')[2] ?? '';

describe('the table of a benchmark', () => {
  test('has a heading and a row for each target that was measured', () => {
    const targets = [target({}), target({ scenario: 'roll', title: 'rolled' })];
    const lines = renderTable(targets, [{ operator: 'ours', results: { kill: [{ writing: writing(1000) }] } }]);
    assert.deepEqual(lines.split('\n'), [
      '| scenario | target | stretch | median | worst | lost | errors | spotahome 1.3.0-rc1, earlier |',
      '| --- | --- | --- | --- | --- | --- | --- | --- |',
      '| killed | 1.5 s | 1 s | 1.00 s / 0.50 s | 1.00 s / 0.50 s | 0 / 1 | 7 / 0 | 35 s |',
    ]);
  });

  test('shows the median and the worst gap, and the sum of what was lost', () => {
    const results = [1000, 1200, 4000].map((ms) => ({ writing: writing(ms, 2) }));
    assert.match(rowOf(target({}), results), /\| 1.20 s \/ 0.60 s \| 4.00 s \/ 2.00 s \| 6 \/ 3 \|/);
  });

  test('says what failed and what could not be verified', () => {
    const results = [
      { failure: 'no master' },
      { writing: { ...writing(1000), lost: { sentinel: undefined, service: 0 } } },
    ];
    assert.match(rowOf(target({}), results), /\(1 of 2 runs failed\) \| 0 \(1 not verified\) \/ 0 \|/);
  });

  test('without one good run there is nothing to show', () => {
    assert.match(rowOf(target({}), [{ failure: 'no master' }]), /\| – \/ – \| – \/ – \(1 of 1 runs failed\)/);
  });

  test('shows durations and requests', () => {
    assert.match(rowOf(target({ figure: 'duration' }), [{ durationMs: 61_234 }]), /\| 61.2 s \| 61.2 s \|/);
    const requests = { reads: 0, writes: 1, leases: 24 };
    assert.match(rowOf(target({ figure: 'requests' }), [{ requests }]), /0 reads, 1 writes, 24 for the lease/);
  });

  test('one run is told in a line', () => {
    assert.equal(
      describeSample({ writing: writing(1160), durationMs: 400 }),
      'gap 1.16 s / 0.58 s, lost 0 / 1, errors 7 / 0, fault or change 0.40 s',
    );
    assert.equal(describeSample({ durationMs: 7_500 }), '7.50 s');
  });

  test('two operators have columns of their own', () => {
    const results = { kill: [{ writing: writing(1000) }] };
    const table = renderTable(
      [target({})],
      [
        { operator: 'ours', results },
        { operator: 'other', results: {} },
      ],
    );
    assert.match(table, /\| ours: median \| ours: worst \|.*\| other: median \|/);
    assert.match(table, /\| – \/ – \| – \/ – \| 0 \/ 0 \| – \/ – \| 35 s \|/);
  });

  for (const [ms, text] of [
    [undefined, '–'],
    [354, '0.35 s'],
    [9_999, '10.00 s'],
    [49_160, '49.2 s'],
  ] as const) {
    test(`${ms} ms are ${text}`, () => assert.equal(seconds(ms), text));
  }
});
