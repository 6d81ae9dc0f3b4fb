import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withDefaults } from '../api/defaults.ts';
import { inheritedLabels, invalidExpressions } from './labels.ts';

const failover = (labelWhitelist?: readonly string[]) =>
  withDefaults({
    metadata: { name: 'test', labels: { team: 'blue', 'example.com/cost': '7', tier: 'gold' } },
    spec: { ...(labelWhitelist && { labelWhitelist }) },
  });
const keys = (labelWhitelist?: readonly string[]): readonly string[] =>
  Object.keys(inheritedLabels(failover(labelWhitelist)));

/** The expressions, and the keys of the labels that are inherited. */
const CASES: Readonly<Record<string, readonly [expressions: readonly string[] | undefined, keys: readonly string[]]>> =
  {
    'all without a list': [undefined, ['team', 'example.com/cost', 'tier']],
    'all with an empty one': [[], ['team', 'example.com/cost', 'tier']],
    'those that an expression matches anywhere': [['c.s'], ['example.com/cost']],
    'those that one of several matches': [
      ['^team$', '^tier$'],
      ['team', 'tier'],
    ],
    'none when nothing matches': [['nothing'], []],
    'what is no expression matches nothing, and the others count': [['(', '^team$'], ['team']],
    'what only backtracking understands is none': [['(?=team)'], []],
  };

describe('labels of the RedisFailover that its objects get', () => {
  for (const [sentence, [expressions, expected]] of Object.entries(CASES)) {
    test(sentence, () => assert.deepEqual(keys(expressions), expected));
  }

  test('what is no expression is named', () => {
    assert.deepEqual(invalidExpressions(failover(['(', 'team', '(?=a)'])), ['(', '(?=a)']);
  });

  test('no expression takes longer than the label is long', () => {
    const name = `${'a'.repeat(60)}!`;
    const one = withDefaults({ metadata: { labels: { [name]: '' } }, spec: { labelWhitelist: ['(a+)+$'] } });
    assert.deepEqual(inheritedLabels(one), {});
  });
});
