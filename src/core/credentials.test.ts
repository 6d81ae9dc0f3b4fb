import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withDefaults } from '../api/defaults.ts';
import { redisLogins, wantsInternal } from './credentials.ts';
import { FAILOVER } from './fixtures.ts';

const set = (names: readonly string[]) => ({
  spec: {
    selector: {},
    serviceName: 'rfr-test',
    template: { spec: { containers: [], volumes: names.map((name) => ({ name })) } },
  },
});
const WITH = { statefulSet: set(['redis-internal']) };
const WITHOUT = { statefulSet: set(['redis-config']) };
const POD = [{ mountsInternal: false }];
const POD_WITH = [...POD, { mountsInternal: true }];

type Case = {
  readonly spec?: boolean;
  readonly live?: Parameters<typeof wantsInternal>[1];
  readonly pods?: Parameters<typeof wantsInternal>[2];
  readonly wanted: boolean;
};

const TABLE: Readonly<Record<string, Case>> = {
  'a new failover has them': { wanted: true },
  'a new failover may do without': { spec: false, wanted: false },
  'one that runs with them keeps them': { live: WITH, pods: POD_WITH, wanted: true },
  'one that runs without is left alone, as after an upgrade of the operator': {
    live: WITHOUT,
    pods: POD,
    wanted: false,
  },
  'and also while its StatefulSet is away': { pods: POD, wanted: false },
  'one that runs without gets them when it is asked to': { spec: true, live: WITHOUT, pods: POD, wanted: true },
  'one that runs with them keeps them although it is made anew without': { spec: false, live: WITH, wanted: true },
  'its pods tell while its StatefulSet is away': { spec: false, pods: POD_WITH, wanted: true },
};

describe('internal credentials', () => {
  for (const [sentence, { spec, live = {}, pods = [], wanted }] of Object.entries(TABLE)) {
    test(sentence, () => {
      const auth = spec === undefined ? {} : { internalCredentials: spec };
      assert.equal(wantsInternal(withDefaults({ ...FAILOVER, spec: { auth } }), live, pods), wanted);
    });
  }
});

describe('the operator logs in to Redis', () => {
  const earlierPasswords = ['before'];

  test('as the spec says now, and else as pods from before it say', () => {
    const login = { kind: 'password', password: 'now' } as const;
    assert.deepEqual(redisLogins({ login, earlierPasswords }), [{ password: 'now' }, { password: 'before' }]);
  });

  test('without a password first where the spec has none, or one that is not to be had', () => {
    assert.deepEqual(redisLogins({ login: { kind: 'none' }, earlierPasswords }), [{}, { password: 'before' }]);
    const login = { kind: 'missing', message: 'Secret now does not exist' } as const;
    assert.deepEqual(redisLogins({ login, earlierPasswords: [] }), [{}]);
  });
});
