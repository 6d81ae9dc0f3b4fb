import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Undo } from './undo.ts';

type Recorded = {
  readonly undo: Undo;
  readonly done: readonly string[];
  readonly note: (what: string) => () => Promise<void>;
};

const recorded = (): Recorded => {
  const done: string[] = [];
  const undo = new Undo((line) => done.push(line.trim()));
  const note = (what: string) => undo.add(what, () => Promise.resolve(done.push(what)));
  return { undo, done, note };
};

describe('putting things back', () => {
  test('happens in reverse order', async () => {
    const { undo, done, note } = recorded();
    note('one');
    note('two');
    await undo.all();
    assert.deepEqual(done, ['restoring: two', 'two', 'restoring: one', 'one']);
  });

  test('happens once', async () => {
    const { undo, done, note } = recorded();
    const putBack = note('one');
    await putBack();
    await putBack();
    await undo.all();
    assert.deepEqual(done, ['one']);
  });

  test('goes on when one thing fails', async () => {
    const { undo, done, note } = recorded();
    note('one');
    undo.add('two', () => Promise.reject(new Error('gone')));
    await undo.all();
    assert.deepEqual(done, ['restoring: two', 'not restored: two: Error: gone', 'restoring: one', 'one']);
  });

  test('lets nothing new begin', async () => {
    const { undo, note } = recorded();
    await undo.all();
    assert.throws(() => note('late'), /interrupted before: late/);
  });
});
