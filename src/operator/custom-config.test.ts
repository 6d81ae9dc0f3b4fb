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
