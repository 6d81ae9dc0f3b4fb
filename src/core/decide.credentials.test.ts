import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from './decide.ts';
import { summary, type Table } from './decide-summary.ts';
import { AT, allSentinels, FORGETFUL, observation, redisPod, sentinelPod, unreachable, watched } from './fixtures.ts';
import type { InternalFacts, InternalLogin, Observation } from './observation.ts';

const MINUTE_MS = 60_000;
/** Older than the pods, and newer. */
const BEFORE: InternalLogin = { kind: 'password', password: 'own', sha256: 'ab12', since: AT - 60 * MINUTE_MS };
const SINCE: InternalLogin = { ...BEFORE, since: AT };

const KNOWN: InternalFacts = { accepted: true, alsoEarlier: false, used: true };
const OLD: InternalFacts = { accepted: false, alsoEarlier: true, used: false };
const BOTH: InternalFacts = { accepted: true, alsoEarlier: true, used: false };
const BOTH_USED: InternalFacts = { ...BOTH, used: true };

/** A pod made with the Secret, and how far it is. */
const pod = (ordinal: number, internal: InternalFacts) =>
  redisPod(ordinal, { mountsInternal: true, answer: { internal } });
const pods = (...facts: readonly InternalFacts[]) => facts.map((one, ordinal) => pod(ordinal, one));
const GIVEN = allSentinels({ answer: { internalGiven: true } });
const DOWN = allSentinels({ answer: { master: watched('10.0.0.1', { flags: ['master', 's_down'] }) } });

const healthy = (change: Parameters<typeof observation>[0] = {}): Observation =>
  observation({ internal: BEFORE, redis: pods(KNOWN, KNOWN, KNOWN), sentinels: GIVEN, ...change });

const TABLE: Table = {
  'everybody has them: nothing to do': { seen: healthy(), expected: [] },
  'a failover without them has nothing to do with any of this': { seen: observation(), expected: [] },
  'a Sentinel that nobody remembers giving them to is looked after': {
    seen: healthy({ sentinels: [...GIVEN.slice(0, 2), sentinelPod(2)] }),
    expected: ['authenticate-sentinel rfs-test-2'],
  },
  'Sentinels are not disconnected while one of them carries out a failover': {
    seen: healthy({
      sentinels: allSentinels({
        answer: { master: watched('10.0.0.1', { flags: ['master', 'failover_in_progress'] }) },
      }),
    }),
    expected: [],
  },
  'a Sentinel that watches nothing gets them with the master': {
    seen: healthy({ sentinels: [...GIVEN.slice(0, 2), sentinelPod(2, { answer: FORGETFUL })] }),
    expected: ['monitor rfs-test-2 10.0.0.1'],
  },
  'a process that lost the user gets it back': {
    seen: healthy({ redis: pods(KNOWN, { accepted: false, alsoEarlier: false, used: true }, KNOWN) }),
    expected: ['admit-internal rfr-test-1 kept'],
  },
  'a new password: every Redis admits it first, and nobody uses it yet': {
    seen: healthy({ internal: SINCE, redis: pods(OLD, BOTH, OLD), sentinels: allSentinels({}) }),
    expected: ['admit-internal rfr-test-0 kept', 'admit-internal rfr-test-2 kept'],
  },
  'a new password: nobody uses it while a Redis that does not know it is silent': {
    seen: healthy({
      internal: SINCE,
      redis: [...pods(BOTH, BOTH), redisPod(2, { mountsInternal: true, answer: unreachable('timeout') })],
      sentinels: allSentinels({}),
    }),
    expected: [],
  },
  'a silent Redis that started with the password is no obstacle': {
    seen: healthy({
      redis: [...pods(KNOWN, KNOWN), redisPod(2, { mountsInternal: true, answer: unreachable('timeout') })],
      sentinels: [...GIVEN.slice(0, 2), sentinelPod(2)],
    }),
    expected: ['authenticate-sentinel rfs-test-2'],
  },
  'a new password: admitted everywhere, replicas and Sentinels use it': {
    seen: healthy({ internal: SINCE, redis: pods(BOTH_USED, BOTH, BOTH), sentinels: allSentinels({}) }),
    expected: [
      'use-internal rfr-test-1',
      'use-internal rfr-test-2',
      ...[0, 1, 2].map((index) => `authenticate-sentinel rfs-test-${index}`),
    ],
  },
  'a new password: used everywhere, the earlier one is revoked': {
    seen: healthy({ internal: SINCE, redis: pods(BOTH_USED, BOTH_USED, KNOWN) }),
    expected: ['admit-internal rfr-test-0 revoked', 'admit-internal rfr-test-1 revoked'],
  },
  'a new password: the earlier one stays while a Sentinel that may use it is silent': {
    seen: healthy({
      internal: SINCE,
      redis: pods(BOTH_USED, BOTH_USED, BOTH_USED),
      sentinels: [...GIVEN.slice(0, 2), sentinelPod(2, { answer: unreachable('timeout') })],
    }),
    expected: [],
  },
  'switched on: running pods admit the user; Sentinels stay with what works': {
    seen: healthy({
      internal: SINCE,
      redis: [0, 1, 2].map((ordinal) => redisPod(ordinal)),
      sentinels: allSentinels({}),
    }),
    expected: [0, 1, 2].map((ordinal) => `admit-internal rfr-test-${ordinal} kept`),
  },
  'switched on: Sentinels use it only when every pod was made with it': {
    seen: healthy({
      internal: SINCE,
      redis: [redisPod(0, { answer: { internal: { ...KNOWN, used: false } } }), pod(1, KNOWN), pod(2, KNOWN)],
      sentinels: allSentinels({}),
    }),
    expected: [],
  },
  'until then a Sentinel that cannot log in gets the password of the default user': {
    seen: healthy({
      internal: SINCE,
      login: { kind: 'password', password: 'x' },
      redis: [redisPod(0), redisPod(1), redisPod(2)],
      sentinels: [...DOWN.slice(0, 1), ...allSentinels({}).slice(1)],
    }),
    expected: [
      ...[0, 1, 2].map((ordinal) => `admit-internal rfr-test-${ordinal} kept`),
      'authenticate-sentinel rfs-test-0',
    ],
  },
};

/** The actions on objects that have to do with the credentials. */
const objectsOf = (seen: Observation) =>
  decide(seen).plan.actions.flatMap((action) => {
    if (action.kind === 'make-credentials') return ['make'];
    if (action.kind === 'delete-object') return [`delete ${action.object.metadata?.name}`];
    if (action.kind !== 'apply' || action.object.kind !== 'StatefulSet') return [];
    return [JSON.stringify(action.object).includes('rfi-test') ? 'pods with' : 'pods without'];
  });

const withoutSet = { claims: [], others: new Map() };
const secret = { kind: 'Secret', metadata: { name: 'rfi-test', uid: 'secret-uid' } };

const OBJECTS: Table = {
  'the Secret is made before the pods of a new failover': {
    seen: observation({ internal: { kind: 'missing' }, children: withoutSet, redis: [], sentinels: [] }),
    expected: ['make', 'pods with'],
  },
  'switched on: the template waits until every Redis admits the user': {
    seen: observation({ internal: SINCE }),
    expected: ['pods without'],
  },
  'switched on: then the pods can be replaced': {
    seen: observation({
      internal: SINCE,
      redis: [0, 1, 2].map((ordinal) => redisPod(ordinal, { answer: { internal: { ...KNOWN, used: false } } })),
    }),
    expected: ['pods with'],
  },
  'a Secret that nobody uses goes': {
    seen: observation({
      children: { ...observation().children, others: new Map([['Secret/rfi-test', secret]]) },
    }),
    expected: ['delete rfi-test', 'pods without'],
  },
};

/** Which Redis is asked first about each Sentinel that nobody remembers. */
const askedFirst = (redis: Observation['redis']) =>
  decide(healthy({ redis, sentinels: allSentinels({}) })).plan.actions.flatMap((action) =>
    action.kind === 'authenticate-sentinel' ? [action.askFirst?.pod] : [],
  );

describe('internal credentials', () => {
  for (const [sentence, { seen, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
  for (const [sentence, { seen, expected }] of Object.entries(OBJECTS)) {
    test(sentence, () => assert.deepEqual(objectsOf(seen), expected));
  }

  test('a Sentinel is asked about by way of the master, but not while an earlier password works', () => {
    assert.deepEqual(askedFirst(pods(KNOWN, KNOWN, KNOWN)), ['rfr-test-0', 'rfr-test-0', 'rfr-test-0']);
    assert.deepEqual(askedFirst(pods(KNOWN, BOTH_USED, KNOWN)), [undefined, undefined, undefined]);
  });
});
