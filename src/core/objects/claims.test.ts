import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OwnerReference } from 'kubernetes-types/meta/v1.js';
import { claimOwnership } from './claims.ts';
import { failover } from './fixtures.ts';

const OURS: OwnerReference = {
  apiVersion: 'databases.spotahome.com/v1',
  kind: 'RedisFailover',
  name: 'test',
  uid: 'failover-uid',
};
const EARLIER: OwnerReference = { ...OURS, uid: 'an-earlier-one' };
const CONTROLLED: OwnerReference = { ...OURS, controller: true, blockOwnerDeletion: true };
const FOREIGN: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'test', uid: 'other-uid' };
const OTHER_FAILOVER: OwnerReference = { ...OURS, name: 'other', uid: 'other-failover-uid' };

type Case = {
  keep: boolean;
  live: readonly OwnerReference[] | undefined;
  wanted: readonly OwnerReference[] | 'no change';
};

const CASES: Readonly<Record<string, Case>> = {
  'a claim that goes with its failover is owned': { keep: false, live: [OURS], wanted: 'no change' },
  'as it is when spotahome made it the controller': { keep: false, live: [CONTROLLED], wanted: 'no change' },
  'a claim that is kept has no owner': { keep: true, live: undefined, wanted: 'no change' },
  'keepAfterDeletion switched on takes the owner away': { keep: true, live: [CONTROLLED], wanted: [] },
  'keepAfterDeletion switched off gives the owner back': { keep: false, live: [], wanted: [OURS] },
  'owners of others stay': { keep: true, live: [FOREIGN, OURS, OTHER_FAILOVER], wanted: [FOREIGN, OTHER_FAILOVER] },
  'an owner that is gone is replaced before the garbage collector looks': {
    keep: false,
    live: [EARLIER],
    wanted: [OURS],
  },
  'an owner that is gone is taken away from a kept claim': { keep: true, live: [EARLIER], wanted: [] },
  'two references become one': { keep: false, live: [EARLIER, OURS], wanted: [OURS] },
};

describe('the owner of a claim', () => {
  for (const [sentence, { keep, live, wanted }] of Object.entries(CASES)) {
    test(sentence, () => {
      const storage = { keepAfterDeletion: keep, persistentVolumeClaim: {} };
      const metadata = {
        name: 'redis-data-rfr-test-0',
        resourceVersion: '7',
        ...(live && { ownerReferences: [...live] }),
      };
      const patch = claimOwnership(failover({ redis: { storage } }), { metadata });
      assert.deepEqual(
        patch,
        wanted === 'no change' ? undefined : { metadata: { resourceVersion: '7', ownerReferences: wanted } },
      );
    });
  }

  test('a claim that is being deleted is left alone', () => {
    const metadata = { name: 'claim', deletionTimestamp: '2026-01-01T00:00:00Z' };
    assert.equal(claimOwnership(failover(), { metadata }), undefined);
  });
});
