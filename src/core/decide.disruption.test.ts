import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summary, type Table } from './decide-summary.ts';
import {
  AT,
  allSentinels,
  booted,
  FAILOVER,
  observation,
  redisPod,
  replicaEntry,
  unreachable,
  watched,
} from './fixtures.ts';
import type { Observation } from './observation.ts';

/** Five pods on their way to three, the last of them master; `heard` is what Sentinel knows of the priority of pod 3. */
const scalingDown = ({
  priority,
  heard = 100,
}: {
  readonly priority: number;
  readonly heard?: number;
}): Observation => {
  const follower = (ordinal: number) =>
    redisPod(ordinal, {
      roleLabel: 'slave',
      answer: {
        role: 'replica',
        masterHost: '10.0.0.5',
        masterPort: 6379,
        linkUp: true,
        priority: ordinal < 3 ? 100 : priority,
      },
    });
  return observation({
    failover: { ...FAILOVER, spec: { redis: { replicas: 3 } } },
    redis: [
      ...[0, 1, 2, 3].map(follower),
      redisPod(4, {
        roleLabel: 'master',
        answer: { role: 'master', priority, masterHost: undefined, masterPort: undefined },
      }),
    ],
    sentinels: allSentinels({
      answer: {
        master: watched('10.0.0.5'),
        replicas: [1, 2, 3, 4].map((last) => replicaEntry(last, ['slave'], last < 4 ? 100 : heard)),
      },
    }),
  });
};
const onVolumes = ({ statefulSet, ...children }: Observation['children']): Observation['children'] => ({
  ...children,
  statefulSet: {
    ...statefulSet,
    spec: { selector: {}, template: {}, serviceName: 'rfr-test', replicas: 1, volumeClaimTemplates: [{}] },
  },
});
const stale = { revision: 'rev0' } as const;

const deletedMaster = (deletion: { readonly askedAt: number; readonly graceMs: number }) =>
  redisPod(0, { deleting: true, deletion });

const TABLE: Table = {
  'a hand-over waits for a Sentinel that can choose none but replicas in sync': {
    seen: observation({
      redis: [redisPod(0, stale), redisPod(1), redisPod(2)],
      sentinels: allSentinels({
        answer: { replicas: [2, 3, 77].map((last) => replicaEntry(last, ['slave'])) },
      }),
    }),
    expected: ['monitor rfs-test-0 10.0.0.1'],
  },
  'a roll starts with the replica of the highest ordinal': {
    seen: observation({ redis: [redisPod(0, stale), redisPod(1, stale), redisPod(2, stale)] }),
    expected: ['delete-pod rfr-test-2'],
  },
  'a roll goes on only when the replaced pod is in sync': {
    seen: observation({ redis: [redisPod(0, stale), redisPod(1, stale), redisPod(2, { answer: { linkUp: false } })] }),
    expected: [],
  },
  'the master is handed over before its pod is replaced': {
    seen: observation({ redis: [redisPod(0, stale), redisPod(1), redisPod(2)] }),
    expected: ['hand-over rfr-test-0'],
  },
  'but not while the Services still take up a pod that has just become ready': {
    seen: observation({ redis: [redisPod(0, stale), redisPod(1), redisPod(2, { readySince: AT - 500 })] }),
    expected: [],
  },
  'a single Redis on a volume is replaced without a hand-over': {
    seen: observation({
      failover: { ...FAILOVER, spec: { redis: { replicas: 1 } } },
      children: onVolumes(observation().children),
      redis: [redisPod(0, { ...stale, answer: { connectedReplicas: [] } })],
      sentinels: allSentinels({ answer: { replicas: [] } }),
    }),
    expected: ['delete-pod rfr-test-0'],
  },
  'a pod that never started is replaced when the template is reverted, though it is not healthy': {
    seen: observation({
      redis: [
        redisPod(0),
        redisPod(1),
        redisPod(2, {
          ...stale,
          ready: false,
          container: { kind: 'waiting', reason: 'ImagePullBackOff', message: '' },
          answer: unreachable('no-address'),
        }),
      ],
    }),
    expected: ['delete-pod rfr-test-2'],
  },
  'a broken new template takes no second pod': {
    seen: observation({
      redis: [
        redisPod(0, stale),
        redisPod(1, stale),
        redisPod(2, {
          ready: false,
          container: { kind: 'waiting', reason: 'ImagePullBackOff', message: '' },
          answer: unreachable('no-address'),
        }),
      ],
    }),
    expected: [],
  },
  'a master pod that is being deleted hands over while it still serves': {
    seen: observation({ redis: [redisPod(0, { deleting: true }), redisPod(1), redisPod(2)] }),
    expected: ['hand-over rfr-test-0'],
  },
  'it waits until kube-proxy can take up the change': {
    seen: observation({ redis: [deletedMaster({ askedAt: AT - 1_500, graceMs: 30_000 }), redisPod(1), redisPod(2)] }),
    expected: [],
  },
  'and no longer than that': {
    seen: observation({ redis: [deletedMaster({ askedAt: AT - 2_000, graceMs: 30_000 }), redisPod(1), redisPod(2)] }),
    expected: ['hand-over rfr-test-0'],
  },
  'nor at all where the pod has little time': {
    seen: observation({ redis: [deletedMaster({ askedAt: AT - 500, graceMs: 5_000 }), redisPod(1), redisPod(2)] }),
    expected: ['hand-over rfr-test-0'],
  },
  'a scale-down that takes the master first keeps Sentinel from electing another pod that leaves': {
    seen: scalingDown({ priority: 100 }),
    expected: ['rank rfr-test-3'],
  },
  'it waits until a Sentinel has heard of that': {
    seen: scalingDown({ priority: 0, heard: 100 }),
    expected: [],
  },
  'then it hands over the master': {
    seen: scalingDown({ priority: 0, heard: 0 }),
    expected: ['hand-over rfr-test-4'],
  },
  'a replica that has nothing yet is not to be elected while its master holds data': {
    seen: observation({ redis: [redisPod(0), redisPod(1), booted(2)] }),
    expected: ['replicate rfr-test-2 10.0.0.1', 'rank rfr-test-2'],
  },
  'a replica that comes up with old data is not to be elected either': {
    seen: observation({
      redis: [redisPod(0), redisPod(1), booted(2, { answer: { replicationId: 'history', offset: 100, keys: 1 } })],
    }),
    expected: ['replicate rfr-test-2 10.0.0.1', 'rank rfr-test-2'],
  },
  'nor one that receives the whole data, or is of another history': {
    seen: observation({
      redis: [
        redisPod(0),
        redisPod(1, { answer: { linkUp: false, syncing: true } }),
        redisPod(2, { answer: { linkUp: false, replicationId: 'other' } }),
      ],
    }),
    expected: ['rank rfr-test-1', 'rank rfr-test-2'],
  },
  'one that had everything until its link went down may be elected: the master may be cut off': {
    seen: observation({
      redis: [redisPod(0), redisPod(1, { answer: { linkUp: false } }), redisPod(2, { answer: { linkUp: false } })],
    }),
    expected: [],
  },
  'one with old data stays so when the master goes away meanwhile': {
    seen: observation({
      redis: [
        redisPod(0, { answer: unreachable('timeout') }),
        redisPod(1),
        redisPod(2, { answer: { linkUp: false, offset: 100, keys: 1, priority: 0 } }),
      ],
    }),
    expected: [],
  },
  'it stays so when the master goes away meanwhile': {
    seen: observation({
      redis: [
        redisPod(0, { answer: unreachable('timeout') }),
        redisPod(1),
        booted(2, { answer: { masterHost: '10.0.0.1', masterPort: 6379, priority: 0 } }),
      ],
    }),
    expected: [],
  },
  'it may be elected again once it has the data, and after a scale-down that was taken back': {
    seen: observation({ redis: [redisPod(0), redisPod(1), redisPod(2, { answer: { priority: 0 } })] }),
    expected: ['rank rfr-test-2'],
  },
  'the replica-priority of the spec is kept': {
    seen: observation({
      failover: { ...FAILOVER, spec: { redis: { customConfig: ['replica-priority 7'] } } },
      redis: [0, 1, 2].map((ordinal) => redisPod(ordinal, { answer: { priority: 7 } })),
    }),
    expected: [],
  },
};

describe('a pod that leaves', () => {
  for (const [sentence, { seen, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});
