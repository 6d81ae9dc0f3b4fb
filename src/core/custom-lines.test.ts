import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withDefaults } from '../api/defaults.ts';
import { CUSTOMIZED_ANNOTATION } from '../api/names.ts';
import { customized, redisLines } from './custom-lines.ts';
import { FAILOVER, observation, redisPod, unreachable } from './fixtures.ts';
import type { RedisPod } from './observation.ts';
import { situationOf } from './situation.ts';

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
});

/** What is written down of these lines, when it was `before`. */
const written = (now: readonly string[], pods: readonly RedisPod[], before = 'maxmemory') => {
  const children = { ...observation().children, others: new Map([['ConfigMap/rfr-test', having(before)]]) };
  const seen = observation({
    failover: { ...FAILOVER, spec: { redis: { customConfig: now } } },
    children,
    redis: pods,
  });
  return customized(situationOf(seen));
};

describe('which parameters were in customConfig', () => {
  const told = { pending: [], refused: [], atStart: [] };
  const configured = redisPod(0, { answer: { config: told } });
  const untold = redisPod(1, { answer: { config: { ...told, pending: ['maxmemory 0'] } } });
  const refusing = redisPod(1, { answer: { config: { ...told, refused: [{ line: 'maxmemory 0', error: 'ERR' }] } } });

  test('is written down before any Redis is told, by today’s names, unless nobody knows a default', () =>
    assert.deepEqual(written(['SLAVE-serve-stale-data no', 'dir /', 'hz 20'], [configured]), [
      'hz',
      'replica-serve-stale-data',
    ]));
  test('is kept while one of them has not gone back', () => {
    assert.deepEqual(written([], [configured, untold]), ['maxmemory']);
    assert.deepEqual(written([], [configured, refusing]), ['maxmemory']);
    assert.deepEqual(written([], [configured, redisPod(1, { answer: unreachable('timeout') })]), ['maxmemory']);
  });
  test('is forgotten when all have', () => assert.deepEqual(written([], [configured]), []));
  test('is not forgotten while it is there', () =>
    assert.deepEqual(written(['maxmemory 1mb'], [configured]), ['maxmemory']));
});
