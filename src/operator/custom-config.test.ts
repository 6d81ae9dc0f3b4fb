import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyLine, ConfigLedger, refuseFileNames } from './custom-config.ts';

const process = { uid: 'pod', id: 'run' };

describe('a line of customConfig', () => {
  for (const [line, refused] of Object.entries({
    'dbfilename other.rdb': true,
    'DIR /tmp': true,
    'maxmemory 1gb': false,
  })) {
    test(`${line}: ${refused ? 'is refused like Redis refuses lines, whatever Redis itself thinks of it' : 'is sent'}`, async () => {
      const ledger = new ConfigLedger();
      await applyLine(ledger, { process, line }, async ({ parameter }) => {
        refuseFileNames(parameter);
        return 'accepted';
      });
      const facts = ledger.facts(process, [line]);
      assert.deepEqual([facts.pending.length, facts.refused.length], [0, refused ? 1 : 0]);
    });
  }
});

/** What is to be sent of the second lines to a process that has the first. */
const pendingAfter = (first: readonly string[], second: readonly string[]): readonly string[] => {
  const ledger = new ConfigLedger();
  for (const line of ledger.facts(process, first).pending) ledger.record(process, line, { kind: 'accepted' });
  return ledger.facts(process, second).pending;
};

describe('lines about one parameter', () => {
  test('are applied again when the one that overrode the others is removed', () =>
    assert.deepEqual(pendingAfter(['hz 20', 'hz 30', 'timeout 1'], ['hz 20', 'timeout 1']), ['hz 20']));
  test('are applied again in another order, also under an earlier name', () =>
    assert.deepEqual(
      pendingAfter(['replica-priority 7', 'slave-priority 8'], ['slave-priority 8', 'replica-priority 7']),
      ['slave-priority 8', 'replica-priority 7'],
    ));
  test('are left alone when lines about others change', () =>
    assert.deepEqual(pendingAfter(['hz 20', 'timeout 1'], ['timeout 2', 'hz 20']), ['timeout 2']));
});
