import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withDefaults } from '../api/defaults.ts';
import { CUSTOMIZED_ANNOTATION } from '../api/names.ts';
import { customized, outlived, redisLines } from './custom-lines.ts';
import { FAILOVER, observation, redisPod, unreachable } from './fixtures.ts';
import type { ConfigFacts, RedisPod } from './observation.ts';
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
  'the limits of one kind of clients go back alone': [
    ['client-output-buffer-limit replica 512mb 128mb 60'],
    'client-output-buffer-limit.pubsub,client-output-buffer-limit.slave',
    ['client-output-buffer-limit replica 512mb 128mb 60', 'client-output-buffer-limit pubsub 33554432 8388608 60'],
  ],
  'what somebody else wrote there sets nothing': [[], 'dir,requirepass,replicaof', []],
};

describe('a running Redis is told', () => {
  for (const [sentence, [now, before, expected]] of Object.entries(CASES)) {
    test(sentence, () => assert.deepEqual(lines(now, before), expected));
  }
});

/** A failover with these lines, that had others when `before` was written down. */
const world = (now: readonly string[], pods: readonly RedisPod[], before: string) =>
  observation({
    failover: { ...FAILOVER, spec: { redis: { customConfig: now } } },
    children: { ...observation().children, others: new Map([['ConfigMap/rfr-test', having(before)]]) },
    redis: pods,
  });
/** What is written down then. */
const written = (now: readonly string[], pods: readonly RedisPod[], before = 'maxmemory') =>
  customized(situationOf(world(now, pods, before)));

describe('which parameters were in customConfig', () => {
  const told = { pending: [], refused: [], atStart: [] };
  const configured = redisPod(0, { answer: { config: told } });
  const untold = redisPod(1, { answer: { config: { ...told, pending: ['maxmemory 0'] } } });
  const refusing = redisPod(1, { answer: { config: { ...told, refused: [{ line: 'maxmemory 0', error: 'ERR' }] } } });

  test('is written down before any Redis is told, by today’s names, unless it goes back another way', () =>
    assert.deepEqual(
      written(['SLAVE-serve-stale-data no', 'dir /', 'hz 20', 'io-threads 4', 'min-slaves-to-write 1'], [configured]),
      ['hz', 'replica-serve-stale-data'],
    ));
  test('is written down for every kind of clients that has limits of its own', () =>
    assert.deepEqual(
      written(
        ['client-output-buffer-limit Replica 1gb 1gb 60 pubsub 0 0 0', 'client-output-buffer-limit no 1 1 1'],
        [],
      ),
      ['client-output-buffer-limit.pubsub', 'client-output-buffer-limit.slave'],
    ));
  test('is kept while one of them has not gone back', () => {
    assert.deepEqual(written([], [configured, untold]), ['maxmemory']);
    assert.deepEqual(written([], [configured, refusing]), ['maxmemory']);
    assert.deepEqual(written([], [configured, redisPod(1, { answer: unreachable('timeout') })]), ['maxmemory']);
  });
  test('is forgotten when all have', () => assert.deepEqual(written([], [configured]), []));
  test('is not forgotten while it is there', () =>
    assert.deepEqual(written(['maxmemory 1mb'], [configured]), ['maxmemory']));
});

describe('a parameter that nobody knows a default of', () => {
  const LINE = 'lazyfree-lazy-expire yes';
  const NAME = 'lazyfree-lazy-expire';
  const MADE = Date.parse('2026-01-01T00:00:10Z');
  const REMOVED = `${NAME}@2026-01-01T00:00:10.000Z`;
  const pod = (config: Partial<ConfigFacts>, createdAt = MADE) =>
    redisPod(0, { createdAt, answer: { config: { pending: [], refused: [], atStart: [], ...config } } });
  const untold = pod({ pending: [LINE] });
  const refusing = pod({ refused: [{ line: LINE, error: 'ERR' }] });
  const silent = redisPod(1, { answer: unreachable('timeout') });

  /** What is written down next. */
  const NEXT: Readonly<Record<string, readonly [readonly string[], string, readonly RedisPod[], readonly string[]]>> = {
    'may be there from the moment a Redis is told': [[LINE], '', [untold], [`${NAME}?`]],
    'is there when one took it': [[LINE], `${NAME}?`, [pod({}), untold], [NAME]],
    'may be there while one does not answer': [[LINE], `${NAME}?`, [refusing, silent], [`${NAME}?`]],
    'is not there when all refused it': [[LINE], `${NAME}?`, [refusing], []],
    'and is not written down again then': [[LINE], '', [refusing], []],
    'stays there when all refuse another value of it': [[LINE], NAME, [refusing], [NAME]],
    'is left in the pods that were there when it was removed': [[], NAME, [pod({}, MADE - 1000), pod({})], [REMOVED]],
    'also where it is not known whether they took it': [[], `${NAME}?`, [pod({})], [REMOVED]],
    'is remembered while one of them is there': [[], REMOVED, [pod({}, MADE + 1000), pod({})], [REMOVED]],
    'is forgotten when all are replaced': [[], REMOVED, [pod({}, MADE + 1000)], []],
    'is there again when it comes back': [[LINE], REMOVED, [pod({})], [NAME]],
    'is none where somebody wrote nonsense': [[], 'a b,@,?,no-such@never,dir@2026-01-01T00:00:10.000Z', [pod({})], []],
  };
  for (const [sentence, [now, before, pods, expected]] of Object.entries(NEXT)) {
    test(sentence, () => assert.deepEqual(written(now, pods, before), expected));
  }

  test('is outlived by what was made before it was removed', () => {
    const removed = situationOf(world([], [], REMOVED));
    assert.deepEqual(outlived(removed, pod({})), [NAME]);
    assert.deepEqual(outlived(removed, pod({}, MADE + 1000)), []);
    assert.deepEqual(outlived(situationOf(world([LINE], [], REMOVED)), pod({})), []);
    assert.deepEqual(outlived(situationOf(world([], [], NAME)), pod({})), []);
  });
});
