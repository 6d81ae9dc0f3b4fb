import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from './decide.ts';
import { summary, type Table } from './decide-summary.ts';
import { AT, FAILOVER, observation, sentinelPod, unreachable, watched } from './fixtures.ts';
import type { Observation, SentinelAccess, SentinelAccessFacts } from './observation.ts';

const MINUTE_MS = 60_000;
/** The Secret is older than the pods, or newer. */
const OWN = { password: 'own', sha256: 'ab12', since: AT - 60 * MINUTE_MS };
const RENEWED = { ...OWN, since: AT };
const ON: SentinelAccess = { clients: { kind: 'password', password: 'x', sha256: 'cd34' }, own: OWN };
const OFF: SentinelAccess = { clients: { kind: 'none' }, own: OWN };
const LOST: SentinelAccess = { clients: { kind: 'missing', message: 'Secret s does not exist' }, own: OWN };

/** A Sentinel that started with the login, and one that started before there was any. */
const GUARDED: SentinelAccessFacts = {
  open: false,
  clients: ['cd34'],
  admitsOwn: true,
  alsoEarlier: false,
  usesOwn: true,
};
const BARE: SentinelAccessFacts = { open: true, clients: [], admitsOwn: false, alsoEarlier: false, usesOwn: false };
const PREPARED: SentinelAccessFacts = { ...BARE, admitsOwn: true, usesOwn: true };

const started = (index: number, access: SentinelAccessFacts = GUARDED) =>
  sentinelPod(index, { mountsSentinelLogin: true, answer: { access } });
const bare = (index: number, access: SentinelAccessFacts = BARE) => sentinelPod(index, { answer: { access } });
const locked = (index: number) => sentinelPod(index, { mountsSentinelLogin: true, answer: unreachable('auth') });
const all = (access: SentinelAccessFacts) => [0, 1, 2].map((index) => started(index, access));

const seen = (sentinelAccess: SentinelAccess, sentinels: Observation['sentinels']): Observation =>
  observation({ sentinelAccess, sentinels });

const TABLE: Table = {
  'everybody asks and can log in: nothing to do': { seen: seen(ON, all(GUARDED)), expected: [] },
  'a failover without it has nothing to do with any of this': { seen: observation(), expected: [] },
  'switched on: first every Sentinel that runs admits the internal user': {
    seen: seen(
      ON,
      [0, 1, 2].map((index) => bare(index)),
    ),
    expected: [0, 1, 2].map((index) => `guard-sentinel rfs-test-${index} admit`),
  },
  'switched on: then they log in as it, so that those to come let them in': {
    seen: seen(
      ON,
      [0, 1, 2].map((index) => bare(index, { ...BARE, admitsOwn: true })),
    ),
    expected: [0, 1, 2].map((index) => `guard-sentinel rfs-test-${index} use`),
  },
  'switched on: they stay open until they are replaced, because their probes know no password': {
    seen: seen(ON, [bare(0, PREPARED), bare(1, PREPARED), started(2)]),
    expected: [],
  },
  'nobody connects anew while one of them carries out a failover': {
    seen: seen(
      ON,
      [0, 1, 2].map((index) =>
        sentinelPod(index, {
          answer: {
            access: { ...BARE, admitsOwn: true },
            master: watched('10.0.0.1', { flags: ['master', 'failover_in_progress'] }),
          },
        }),
      ),
    ),
    expected: [],
  },
  'a Sentinel too old for users is left alone': {
    seen: seen(ON, [sentinelPod(0), started(1), started(2)]),
    expected: [],
  },
  'another password of clients holds at once': {
    seen: seen(ON, all({ ...GUARDED, clients: ['old'] })),
    expected: [0, 1, 2].map((index) => `guard-sentinel rfs-test-${index} close`),
  },
  'a Sentinel that somebody opened is closed': {
    seen: seen(ON, [started(0, { ...GUARDED, open: true, clients: [] }), started(1), started(2)]),
    expected: ['guard-sentinel rfs-test-0 close'],
  },
  'while the user’s Secret is missing, what they ask for stays': { seen: seen(LOST, all(GUARDED)), expected: [] },
  'switched off: they are opened, so that those to come are let in': {
    seen: seen(OFF, all(GUARDED)),
    expected: [0, 1, 2].map((index) => `guard-sentinel rfs-test-${index} open`),
  },
  'switched off: those before that asked for none forget the internal user with the last of the others': {
    seen: seen(OFF, [bare(0, PREPARED), bare(1), bare(2)]),
    expected: ['guard-sentinel rfs-test-0 forget'],
  },
  'switched off: they know it while one is left that logs in as it': {
    seen: seen(OFF, [bare(0, PREPARED), bare(1, PREPARED), started(2, { ...GUARDED, open: true })]),
    expected: [],
  },
  'removed altogether, they are not opened before': {
    seen: observation({
      failover: { ...FAILOVER, spec: { sentinel: { enabled: false } } },
      sentinelAccess: OFF,
      sentinels: all(GUARDED),
    }),
    expected: [],
  },
  'our Secret made anew: every Sentinel admits the new password beside the earlier one': {
    seen: seen(ON, all({ ...GUARDED, admitsOwn: false, alsoEarlier: true, usesOwn: false })),
    expected: [0, 1, 2].map((index) => `guard-sentinel rfs-test-${index} admit`),
  },
  'our Secret made anew: used everywhere, the earlier password is revoked': {
    seen: seen(ON, all({ ...GUARDED, alsoEarlier: true })),
    expected: [0, 1, 2].map((index) => `guard-sentinel rfs-test-${index} revoke`),
  },
  'our Secret made anew: the earlier password stays while one is silent that may use it': {
    seen: seen(ON, [
      ...all({ ...GUARDED, alsoEarlier: true }).slice(0, 2),
      sentinelPod(2, { mountsSentinelLogin: true, answer: unreachable('timeout') }),
    ]),
    expected: [],
  },
  'those whose passwords are lost are replaced, one at a time': {
    seen: seen({ ...ON, own: RENEWED }, [locked(0), locked(1), started(2)]),
    expected: ['delete-pod rfs-test-0'],
  },
  'but not while another one is away': {
    seen: seen({ ...ON, own: RENEWED }, [locked(0), started(1)]),
    expected: [],
  },
  'and not those that start with what we know, for their successors would do the same': {
    seen: seen(ON, [locked(0), started(1), started(2)]),
    expected: [],
  },
};

/** The actions on the Secret. */
const onSecret = (one: Observation): readonly string[] =>
  decide(one).plan.actions.flatMap((action) => {
    if (action.kind === 'make-sentinel-login') return ['make'];
    const isDeleted = action.kind === 'delete-object' && action.object.kind === 'Secret';
    return isDeleted ? [`delete ${action.object.metadata?.name}`] : [];
  });

const secret = { kind: 'Secret', metadata: { name: 'rfs-test', uid: 'secret-uid' } };
const children = { ...observation().children, others: new Map([['Secret/rfs-test', secret]]) };

const SECRET: Table = {
  'is made when it is needed': { seen: seen({ ...ON, own: undefined }, [sentinelPod(0)]), expected: ['make'] },
  'is not made before clients have a password': {
    seen: seen({ ...LOST, own: undefined }, [sentinelPod(0)]),
    expected: [],
  },
  'stays while a Sentinel was started with it': {
    seen: observation({ children, sentinelAccess: OFF, sentinels: [sentinelPod(0), started(1)] }),
    expected: [],
  },
  'stays while a Sentinel knows the internal user': {
    seen: observation({ children, sentinelAccess: OFF, sentinels: [bare(0, PREPARED)] }),
    expected: [],
  },
  'goes with the last of them': { seen: observation({ children, sentinelAccess: OFF }), expected: ['delete rfs-test'] },
  'stays while the user’s is missing': { seen: observation({ children, sentinelAccess: LOST }), expected: [] },
};

describe('the password of Sentinels', () => {
  for (const [sentence, { seen: one, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(one), expected));
  }

  test('a missing Secret is a problem that names the field, and everything else goes on', () => {
    const { plan } = decide(seen(LOST, all(GUARDED)));
    assert.deepEqual(plan.problems, [
      { reason: 'SecretMissing', message: 'spec.auth.sentinelSecretPath: Secret s does not exist' },
    ]);
  });
});

describe('the Secret that Sentinels start with', () => {
  for (const [sentence, { seen: one, expected }] of Object.entries(SECRET)) {
    test(sentence, () => assert.deepEqual(onSecret(one), expected));
  }
});
