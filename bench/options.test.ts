import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readOptions } from './options.ts';
import { SCENARIOS, TARGETS } from './targets.ts';

describe("the benchmark's options", () => {
  test('without any, all scenarios run five times with our operator alone', () => {
    assert.deepEqual(readOptions({ RUNS: '', SCENARIOS: '' }), {
      runs: 5,
      scenarios: SCENARIOS,
      hangMs: 60_000,
      cutMs: 30_000,
      other: undefined,
      userAgent: 'redis-operator',
      strangers: 'refuse',
    });
  });

  test('scenarios run in their own order', () => {
    assert.deepEqual(readOptions({ SCENARIOS: 'roll, ready' }).scenarios, ['ready', 'roll']);
  });

  test('another operator may bring its CRD', () => {
    assert.deepEqual(readOptions({ OPERATOR_COMMAND: './other', CRD: 'crd.yaml' }).other, {
      command: './other',
      crd: 'crd.yaml',
    });
    assert.equal(readOptions({ OPERATOR_COMMAND: './other' }).other?.crd, undefined);
  });

  for (const [environment, message] of [
    [{ RUNS: '0' }, /RUNS=0/],
    [{ RUNS: 'many' }, /RUNS=many/],
    [{ SCENARIOS: 'kill,flood' }, /no flood; there are ready/],
    [{ CRD: 'crd.yaml' }, /CRD without OPERATOR_COMMAND/],
  ] as const) {
    test(`${JSON.stringify(environment)} is refused`, () => assert.throws(() => readOptions(environment), message));
  }

  test('every scenario has a target', () => {
    for (const scenario of SCENARIOS)
      assert.ok(
        TARGETS.some((target) => target.scenario === scenario),
        scenario,
      );
  });
});
