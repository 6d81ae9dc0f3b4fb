import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withDefaults } from '../../api/defaults.ts';
import { allSentinels, FAILOVER, observation, redisPod, restartedMaster, sentinelPod, watched } from '../fixtures.ts';
import { withAppliedHash } from '../objects/applied-hash.ts';
import { masterService } from '../objects/services.ts';
import type { Observation } from '../observation.ts';
import { situationOf } from '../situation.ts';
import { pinOf, routeMaster } from './route-master.ts';

/** The cluster with the Service as the operator last wrote it; `pinnedTo` a pod, or by the labels. */
const withService = (pinnedTo: string | undefined, change: Parameters<typeof observation>[0] = {}): Observation => {
  const service = withAppliedHash(masterService(withDefaults(FAILOVER), pinnedTo));
  const seen = observation(change);
  return { ...seen, children: { ...seen.children, others: new Map([['Service/rfrm-test', service]]) } };
};

/** What the rule writes: the pod the Service names from then on, 'labels', or nothing. */
const routed = (seen: Observation): string | undefined => {
  const [action] = routeMaster(situationOf(seen)).actions ?? [];
  if (action === undefined) return undefined;
  assert.equal(action.kind, 'apply');
  return pinOf(action.object) ?? 'labels';
};

const promoted = redisPod(1, { answer: { role: 'master', masterHost: undefined, masterPort: undefined } });
const sentinelsAgree = allSentinels({ answer: { master: watched('10.0.0.2', { configEpoch: 2 }) } });

const TABLE: Readonly<Record<string, { readonly seen: Observation; readonly expected: string | undefined }>> = {
  'it is made with the role label': { seen: observation(), expected: 'labels' },
  'at rest it stays as it is': { seen: withService(undefined), expected: undefined },
  'it names the new master as soon as there is one, while the old one is still labelled': {
    seen: withService(undefined, { redis: [restartedMaster(), promoted, redisPod(2)] }),
    expected: 'rfr-test-1',
  },
  'without a master it stays where it was': {
    seen: withService('rfr-test-0', { redis: [restartedMaster(), redisPod(1), redisPod(2)] }),
    expected: undefined,
  },
  'it names the pod until every Sentinel knows the new master': {
    seen: withService('rfr-test-1', {
      redis: [redisPod(0, { roleLabel: 'slave' }), { ...promoted, roleLabel: 'master' }, redisPod(2)],
      sentinels: [
        sentinelPod(0, { answer: { master: watched('10.0.0.2', { configEpoch: 2 }) } }),
        sentinelPod(1),
        sentinelPod(2),
      ],
    }),
    expected: undefined,
  },
  'then it goes by the labels again': {
    seen: withService('rfr-test-1', {
      redis: [redisPod(0, { roleLabel: 'slave' }), { ...promoted, roleLabel: 'master' }, redisPod(2)],
      sentinels: sentinelsAgree,
    }),
    expected: 'labels',
  },
  'but not before the new master has its label': {
    seen: withService('rfr-test-1', {
      redis: [redisPod(0, { roleLabel: 'slave' }), promoted, redisPod(2)],
      sentinels: sentinelsAgree,
    }),
    expected: undefined,
  },
  'a second failover meanwhile moves it on': {
    seen: withService('rfr-test-1', { redis: [redisPod(0), redisPod(1, { roleLabel: 'master' }), redisPod(2)] }),
    expected: 'rfr-test-0',
  },
};

describe('the Service of the master', () => {
  for (const [sentence, { seen, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.equal(routed(seen), expected));
  }
});
