import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RedisFailover } from '../api/types.ts';
import { decide } from './decide.ts';
import {
  AT,
  BOOTED,
  FAILOVER,
  FORGETFUL,
  observation,
  redisPod,
  sentinelPod,
  unreachable,
  watched,
} from './fixtures.ts';
import type { Observation } from './observation.ts';
import type { Action } from './plan.ts';

/** `kind pod argument` of every action but those on objects, which have tables of their own. */
const summary = (seen: Observation): readonly string[] =>
  decide(seen)
    .plan.actions.filter(({ kind }) => !['apply', 'delete-object', 'own-claim'].includes(kind))
    .map(describeAction);

const describeAction = (action: Action): string => {
  switch (action.kind) {
    case 'label':
      return `label ${action.target.pod} ${action.role}`;
    case 'replicate':
    case 'demote':
    case 'monitor':
      return `${action.kind} ${action.target.pod} ${action.master.host}`;
    case 'apply':
    case 'delete-object':
      return action.kind;
    case 'own-claim':
      return `own-claim ${action.claim}`;
    case 'promote':
    case 'request-failover':
    case 'hand-over':
    case 'delete-pod':
    case 'rank':
    case 'configure-redis':
    case 'configure-sentinel':
    case 'authenticate-sentinel':
      return `${action.kind} ${action.target.pod}`;
  }
};

const ON_VOLUMES = {
  redis: { storage: { persistentVolumeClaim: { metadata: { name: 'data' }, spec: {} } } },
} as const;
const { status: _status, ...NEW } = FAILOVER;
const allSentinels = (change: Parameters<typeof sentinelPod>[1]) =>
  [0, 1, 2].map((index) => sentinelPod(index, change));
const booted = (ordinal: number, change: Parameters<typeof redisPod>[1] = {}) =>
  redisPod(ordinal, { roleLabel: 'slave', ...change, answer: { ...BOOTED, ...change.answer } });
const RESTARTED_MASTER = redisPod(0, { answer: { ...BOOTED, keys: 10 } });
const lostMasterAgo = (ms: number): RedisFailover => ({
  ...FAILOVER,
  spec: ON_VOLUMES,
  status: {
    ...FAILOVER.status,
    conditions: [
      {
        type: 'MasterAvailable',
        status: 'False',
        reason: 'NoMaster',
        message: '',
        lastTransitionTime: new Date(AT - ms).toISOString(),
      },
    ],
  },
});
const replicaEntry = (last: number, flags: readonly string[], priority = 100) => ({
  ip: `10.0.0.${last}`,
  port: 6379,
  flags,
  priority,
  infoRefreshMs: 1000,
});
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
const stale = { revision: 'rev0' } as const;
const sentinelsSee = (master: ReturnType<typeof watched>) => allSentinels({ answer: { master } });

const TABLE: Readonly<Record<string, { readonly seen: Observation; readonly expected: readonly string[] }>> = {
  'a healthy failover is left alone': { seen: observation(), expected: [] },

  'on first boot the first pod that answers becomes master without waiting for the others': {
    seen: observation({
      failover: NEW,
      redis: [
        redisPod(0, { answer: unreachable('no-address') }),
        booted(1),
        redisPod(2, { answer: unreachable('refused') }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: ['promote rfr-test-1'],
  },
  'after the first promotion replicas follow, the label moves and every Sentinel is told': {
    seen: observation({
      failover: NEW,
      redis: [redisPod(0, { roleLabel: 'slave', answer: { keys: 0, offset: 0 } }), booted(1), booted(2)],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [
      'label rfr-test-0 master',
      'replicate rfr-test-1 10.0.0.1',
      'replicate rfr-test-2 10.0.0.1',
      'monitor rfs-test-0 10.0.0.1',
      'monitor rfs-test-1 10.0.0.1',
      'monitor rfs-test-2 10.0.0.1',
    ],
  },
  'after all pods were deleted the one with the highest offset of the known history becomes master': {
    seen: observation({
      redis: [
        booted(0, { answer: { replicationId: 'history', offset: 900, keys: 9 } }),
        booted(1, { answer: { replicationId: 'history', offset: 1000, keys: 10 } }),
        booted(2, { answer: { replicationId: 'other', offset: 5000, keys: 50 } }),
      ],
      sentinels: sentinelsSee(watched('10.0.9.9')),
    }),
    expected: ['promote rfr-test-1'],
  },
  'a recovery waits for a pod that does not answer yet and may hold newer data': {
    seen: observation({
      redis: [
        booted(0, {
          container: { kind: 'running', startedAt: AT - 1000 },
          answer: { replicationId: 'history', offset: 900, keys: 9 },
        }),
        booted(1, { answer: { loading: true } }),
        redisPod(2, { answer: unreachable('refused') }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [],
  },
  'a recovery decides without a pod that stays away, if what is there holds data': {
    seen: observation({
      failover: lostMasterAgo(60_000),
      redis: [
        booted(0, { answer: { replicationId: 'history', offset: 900, keys: 9 } }),
        redisPod(2, { answer: unreachable('timeout'), roleLabel: 'slave' }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: ['promote rfr-test-0'],
  },
  'a recovery does not decide without a pod that has just gone': {
    seen: observation({
      failover: lostMasterAgo(5_000),
      redis: [
        booted(0, { answer: { replicationId: 'history', offset: 900, keys: 9 } }),
        redisPod(2, { answer: unreachable('refused'), roleLabel: 'slave' }),
      ],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [],
  },
  'with the master and two of three Sentinels cut off the operator does not make a second master': {
    seen: observation({
      failover: lostMasterAgo(600_000),
      redis: [redisPod(0, { answer: unreachable('timeout') }), redisPod(1), redisPod(2)],
      sentinels: [
        sentinelPod(0),
        sentinelPod(1, { answer: unreachable('timeout') }),
        sentinelPod(2, { answer: unreachable('timeout') }),
      ],
    }),
    expected: [],
  },
  'once the cut-off pods are evicted and replaced the operator decides': {
    seen: observation({
      failover: lostMasterAgo(600_000),
      redis: [redisPod(0, { deleting: true, answer: unreachable('timeout') }), redisPod(1), redisPod(2)],
      sentinels: [
        sentinelPod(0),
        sentinelPod(1, { deleting: true, answer: unreachable('timeout') }),
        sentinelPod(2, { deleting: true, answer: unreachable('timeout') }),
        sentinelPod(3, { answer: FORGETFUL }),
        sentinelPod(4, { answer: FORGETFUL }),
      ],
    }),
    expected: ['promote rfr-test-1'],
  },
  'an empty Redis is never made master while a pod that may hold data is away': {
    seen: observation({
      failover: lostMasterAgo(600_000),
      redis: [booted(0), redisPod(2, { answer: unreachable('timeout'), roleLabel: 'slave' })],
      sentinels: allSentinels({ answer: FORGETFUL }),
    }),
    expected: [],
  },

  'a master whose port refuses is reported to one Sentinel at once': {
    seen: observation({ redis: [redisPod(0, { answer: unreachable('refused') }), redisPod(1), redisPod(2)] }),
    expected: ['request-failover rfs-test-0'],
  },
  'a master that restarted as a replica of nothing is reported at once': {
    seen: observation({ redis: [RESTARTED_MASTER, redisPod(1), redisPod(2)] }),
    expected: ['request-failover rfs-test-0'],
  },
  'a master whose pod is gone is reported at once': {
    seen: observation({ redis: [redisPod(1), redisPod(2)] }),
    expected: ['request-failover rfs-test-0'],
  },
  'a master that is silent is left to Sentinel': {
    seen: observation({ redis: [redisPod(0, { answer: unreachable('timeout') }), redisPod(1), redisPod(2)] }),
    expected: [],
  },
  'a failover that runs is not disturbed': {
    seen: observation({
      redis: [RESTARTED_MASTER, redisPod(1), redisPod(2)],
      sentinels: [
        sentinelPod(0),
        sentinelPod(1, { answer: { master: watched('10.0.0.1', { flags: ['master', 'failover_in_progress'] }) } }),
        sentinelPod(2),
      ],
    }),
    expected: [],
  },
  'a request is not repeated within its spacing': {
    seen: observation({ failoverRequestedAt: AT - 100, redis: [redisPod(1), redisPod(2)] }),
    expected: [],
  },
  'with two of three Sentinels forgetful and the master gone the operator decides': {
    seen: observation({
      redis: [RESTARTED_MASTER, redisPod(1), redisPod(2, { answer: { offset: 1010 } })],
      sentinels: [sentinelPod(0), sentinelPod(1, { answer: FORGETFUL }), sentinelPod(2, { answer: FORGETFUL })],
    }),
    expected: ['promote rfr-test-2'],
  },
  'a restarted master with data is promoted again if its replicas have nothing yet': {
    seen: observation({
      failover: { ...FAILOVER, spec: ON_VOLUMES },
      redis: [
        RESTARTED_MASTER,
        ...[1, 2].map((ordinal) => redisPod(ordinal, { answer: { keys: 0, offset: 0, linkUp: false } })),
      ],
    }),
    expected: ['promote rfr-test-0'],
  },
  'a hand-over waits for a Sentinel that can choose none but replicas in sync': {
    seen: observation({
      redis: [redisPod(0, stale), redisPod(1), redisPod(2)],
      sentinels: allSentinels({
        answer: { replicas: [2, 3, 77].map((last) => replicaEntry(last, ['slave'])) },
      }),
    }),
    expected: ['monitor rfs-test-0 10.0.0.1'],
  },
  'a Sentinel that cannot log in gets the password once': {
    seen: observation({
      login: { kind: 'password', password: 'x' },
      sentinels: [
        sentinelPod(0, { answer: { master: watched('10.0.0.1', { flags: ['master', 's_down'] }) } }),
        sentinelPod(1, { answer: { master: watched('10.0.0.1', { flags: ['master', 's_down'] }), loginGiven: true } }),
        sentinelPod(2),
      ],
    }),
    expected: ['authenticate-sentinel rfs-test-0'],
  },
  'the label follows a promotion before the Sentinels announce it, demotion first': {
    seen: observation({
      redis: [RESTARTED_MASTER, redisPod(1, { answer: { role: 'master' } }), redisPod(2)],
      sentinels: sentinelsSee(watched('10.0.0.1', { flags: ['master', 'failover_in_progress'] })),
    }),
    expected: ['label rfr-test-0 slave', 'label rfr-test-1 master'],
  },
  'once Sentinel has switched the old master and the other replica follow the new one': {
    seen: observation({
      redis: [RESTARTED_MASTER, redisPod(1, { roleLabel: 'master', answer: { role: 'master' } }), redisPod(2)],
      sentinels: sentinelsSee(watched('10.0.0.2', { configEpoch: 2 })),
    }),
    expected: ['label rfr-test-0 slave', 'replicate rfr-test-0 10.0.0.2', 'replicate rfr-test-2 10.0.0.2'],
  },

  'of two masters the one that Sentinel watches stays': {
    seen: observation({
      redis: [
        redisPod(0, { roleLabel: 'slave' }),
        redisPod(1, { roleLabel: 'master', answer: { role: 'master' } }),
        redisPod(2, { answer: { masterHost: '10.0.0.2' } }),
      ],
      sentinels: sentinelsSee(watched('10.0.0.2', { configEpoch: 2 })),
    }),
    expected: ['demote rfr-test-0 10.0.0.2'],
  },
  'a promotion that only the leading Sentinel knows of is not undone': {
    seen: observation({
      redis: [
        redisPod(0, { roleLabel: 'slave' }),
        redisPod(1, { roleLabel: 'master', answer: { role: 'master' } }),
        redisPod(2, { answer: { masterHost: '10.0.0.2' } }),
      ],
      sentinels: [
        sentinelPod(0, { answer: { master: watched('10.0.0.2', { configEpoch: 2 }) } }),
        sentinelPod(1),
        sentinelPod(2),
      ],
    }),
    expected: ['demote rfr-test-0 10.0.0.2'],
  },
  'an empty master does not wipe a replica that holds data': {
    seen: observation({
      redis: [
        redisPod(0, { answer: { keys: 0, offset: 0, replicationId: 'fresh' } }),
        booted(1, { answer: { keys: 10, offset: 900, replicationId: 'history' } }),
        redisPod(2),
      ],
    }),
    expected: [],
  },
  'a stray replica follows the master again, and a hung pod does not stop that': {
    seen: observation({
      redis: [
        redisPod(0),
        redisPod(1, { answer: unreachable('timeout') }),
        redisPod(2, { answer: { masterHost: '10.9.9.9' } }),
      ],
    }),
    expected: ['replicate rfr-test-2 10.0.0.1'],
  },

  'a Sentinel that restarted empty is told who the master is': {
    seen: observation({ sentinels: [sentinelPod(0), sentinelPod(1), sentinelPod(2, { answer: FORGETFUL })] }),
    expected: ['monitor rfs-test-2 10.0.0.1'],
  },
  'a Sentinel with a foreign master and the newest epoch is put right': {
    seen: observation({
      sentinels: [
        sentinelPod(0),
        sentinelPod(1),
        sentinelPod(2, { answer: { master: watched('10.9.9.9', { configEpoch: 7 }) } }),
      ],
    }),
    expected: ['monitor rfs-test-2 10.0.0.1'],
  },
  'the quorum of a Sentinel follows the number of Sentinels': {
    seen: observation({
      sentinels: [
        sentinelPod(0),
        sentinelPod(1),
        sentinelPod(2, { answer: { master: watched('10.0.0.1', { quorum: 1 }) } }),
      ],
    }),
    expected: ['configure-sentinel rfs-test-2'],
  },
  'a Sentinel that reads INFO every ten seconds is told to do so every second': {
    seen: observation({
      sentinels: [sentinelPod(0), sentinelPod(1, { answer: { infoPeriodMs: 10_000 } }), sentinelPod(2)],
    }),
    expected: ['configure-sentinel rfs-test-1'],
  },
  'a Sentinel whose pace cannot be changed is left alone': {
    seen: observation({ sentinels: allSentinels({ answer: { infoPeriodMs: undefined } }) }),
    expected: [],
  },
  'ghosts are forgotten by one Sentinel at a time': {
    seen: observation({
      sentinels: allSentinels({
        answer: {
          replicas: [2, 3, 77].map((last) => replicaEntry(last, ['slave', 's_down'])),
        },
      }),
    }),
    expected: ['monitor rfs-test-0 10.0.0.1'],
  },
  'ghosts stay while a pod is being replaced': {
    seen: observation({
      redis: [redisPod(0), redisPod(1), redisPod(2, { deleting: true })],
      sentinels: [
        sentinelPod(0, {
          answer: { replicas: [2, 3, 77].map((last) => replicaEntry(last, ['slave'])) },
        }),
        sentinelPod(1),
        sentinelPod(2),
      ],
    }),
    expected: [],
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
  'a single Redis is replaced without a hand-over': {
    seen: observation({
      failover: { ...FAILOVER, spec: { redis: { replicas: 1 } } },
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
  'a scale-down that takes the master first keeps Sentinel from electing another pod that leaves': {
    seen: scalingDown({ priority: 100 }),
    expected: ['rank rfr-test-3', 'rank rfr-test-4'],
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

describe('decide', () => {
  for (const [sentence, { seen, expected }] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});
