import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withDefaults } from '../api/defaults.ts';
import { CUSTOMIZED_ANNOTATION, customized, redisLines } from './custom-lines.ts';
import { observation } from './fixtures.ts';

const failover = (customConfig: readonly string[]) =>
  withDefaults({
    metadata: { name: 'test' },
    spec: { redis: { customConfig } },
  });
/** The config map of a failover that had these parameters in customConfig. */
const having = (annotation?: string) => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'rfr-test', ...(annotation && { annotations: { [CUSTOMIZED_ANNOTATION]: annotation } }) },
});
const lines = (now: readonly string[], before?: string) => {
  const others = new Map([['ConfigMap/rfr-test', having(before)]]);
  return redisLines(failover(now), { ...observation().children, others });
};

/** What is in customConfig, what has been in it, and what Redis is told. */
const CASES: Readonly<Record<string, readonly [readonly string[], string | undefined, readonly string[]]>> = {
  'what was never in it is left alone': [[], undefined, []],
  'what is in it': [['hz 20'], 'hz', ['hz 20']],
  'what was in it goes back': [['hz 20'], 'hz,maxmemory', ['hz 20', 'maxmemory 0']],
  'what we set for everybody goes back to that': [[], 'save,tcp-keepalive', ['save 900 1 300 10', 'tcp-keepalive 60']],
  'what is empty by default is emptied': [[], 'notify-keyspace-events', ['notify-keyspace-events ""']],
  'the old name of a parameter is the same': [
    ['slave-serve-stale-data no'],
    'replica-serve-stale-data',
    ['slave-serve-stale-data no'],
  ],
  'what nobody knows a default of stays': [[], 'no-such-parameter,lazyfree-lazy-expire', []],
  'what somebody else wrote there sets nothing': [[], 'dir,requirepass,replicaof', []],
};

describe('a running Redis is told', () => {
  for (const [sentence, [now, before, expected]] of Object.entries(CASES)) {
    test(sentence, () => assert.deepEqual(lines(now, before), expected));
  }

  test('nothing of which it is not written down before that it was there', () => {
    assert.deepEqual(customized(failover(['SLAVE-serve-stale-data no', 'dir /', 'hz 20']), having('maxmemory')), [
      'hz',
      'maxmemory',
      'replica-serve-stale-data',
    ]);
  });
});
