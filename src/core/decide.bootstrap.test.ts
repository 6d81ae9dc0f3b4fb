/** A failover that follows a Redis outside: `spec.bootstrapNode`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  FOLLOWERS,
  follower,
  following,
  INTERNAL,
  left,
  onVolumes,
  promoted,
  promotedByHand,
  SOURCE,
  SYNCED,
  seenWith,
  TOLD,
  unlinked,
} from './bootstrap-fixtures.ts';
import { summary, type Table } from './decide-summary.ts';
import {
  allSentinels,
  booted,
  FAILOVER,
  FORGETFUL,
  observation,
  redisPod,
  replicaEntry,
  sentinelPod,
  sentinelsSee,
  unreachable,
  watched,
} from './fixtures.ts';
import type { Observation, RedisAnswer, RedisPod } from './observation.ts';

const FOLLOWING: Table = {
  'pods that just started follow the source, each on its own': {
    seen: following({ status: { bootstrap: TOLD }, redis: [booted(0), booted(1, { answer: { priority: 0 } })] }),
    expected: ['replicate rfr-test-0 192.0.2.1', 'replicate rfr-test-1 192.0.2.1', 'rank rfr-test-0'],
  },
  'nobody is told to follow before the status names the source': {
    seen: following({ status: {}, redis: [booted(0, { answer: { priority: 0 } })] }),
    expected: [],
  },
  'all follow in sync: nothing to do': { seen: following({ redis: FOLLOWERS }), expected: [] },
  'a port that is written as a string is the same port': {
    seen: following({ node: { ...SOURCE, port: '7000' }, redis: FOLLOWERS }),
    expected: [],
  },
  'a pod that was replaced follows again, and the others are left alone': {
    seen: following({ redis: [follower(0), booted(1, { answer: { priority: 0 } }), follower(2)] }),
    expected: ['replicate rfr-test-1 192.0.2.1'],
  },
  'a pod that does not answer keeps nobody from following': {
    seen: following({
      redis: [redisPod(0, { roleLabel: 'slave', answer: unreachable('timeout') }), unlinked(1), booted(2)],
    }),
    expected: ['replicate rfr-test-2 192.0.2.1', 'rank rfr-test-2'],
  },
  'a pod that loads its files is not disturbed': {
    seen: following({ redis: [follower(0), booted(1, { answer: { loading: true } }), follower(2)] }),
    expected: [],
  },
  'another source is told first, and then followed': {
    seen: following({
      node: { host: 'redis.example.com' },
      status: { bootstrap: { ...SYNCED, source: 'redis.example.com:7000' } },
      redis: FOLLOWERS,
    }),
    expected: [0, 1, 2].map((ordinal) => `replicate rfr-test-${ordinal} redis.example.com`),
  },
  'the login comes before the first try': {
    seen: following({
      redis: [follower(0), booted(1, { answer: { priority: 0, upstreamLogin: 'wrong' } }), follower(2)],
      sourceLogin: { kind: 'password', password: 'outside' },
    }),
    expected: ['log-in rfr-test-1', 'replicate rfr-test-1 192.0.2.1'],
  },
  'another password of the source is given to those that follow already': {
    seen: following({ redis: [0, 1, 2].map((ordinal) => unlinked(ordinal, { upstreamLogin: 'wrong' })) }),
    expected: ['log-in rfr-test-0', 'log-in rfr-test-1', 'log-in rfr-test-2'],
  },
  'without the Secret nobody new is sent to the source': {
    seen: following({
      node: { secretPath: 'absent' },
      redis: [follower(0), booted(1, { answer: { priority: 0 } })],
      sourceLogin: { kind: 'missing', message: 'Secret absent does not exist' },
    }),
    expected: [],
  },
  'internal credentials are not used towards the source': {
    seen: following({
      internal: INTERNAL,
      redis: [0, 1, 2].map((ordinal) =>
        follower(ordinal, { internal: { accepted: true, alsoEarlier: false, used: false } }, { mountsInternal: true }),
      ),
    }),
    expected: [],
  },
  'a pod that was made master by hand and took no writes follows again': {
    seen: following({ redis: [follower(0), promotedByHand(1, 1000), follower(2)] }),
    expected: ['replicate rfr-test-1 192.0.2.1'],
  },
  'one that took writes is left alone': {
    seen: following({ redis: [follower(0), promotedByHand(1, 1500), follower(2)] }),
    expected: [],
  },
  'a blank master follows': {
    seen: following({ redis: [follower(0), promotedByHand(1, 0, 0), follower(2)] }),
    expected: ['replicate rfr-test-1 192.0.2.1'],
  },
  'with a master of its own that took writes, its replicas are left alone as well': {
    seen: following({
      redis: [
        promotedByHand(0, 1500),
        follower(1, { masterHost: '10.0.0.1', masterPort: 6379, replicationId: 'its-own' }),
        booted(2, { answer: { priority: 0 } }),
      ],
    }),
    expected: ['replicate rfr-test-2 192.0.2.1'],
  },
  'data on a volume from before the failover is not overwritten': {
    seen: following({
      ...onVolumes('2025-12-01T00:00:00Z'),
      status: { bootstrap: TOLD },
      redis: [booted(0, { answer: { priority: 0, keys: 5, replicationId: 'older' } })],
    }),
    expected: [],
  },
  'data on a volume of this failover is of the source: the pod follows again': {
    seen: following({
      ...onVolumes('2026-01-01T00:00:05Z'),
      redis: [booted(0, { answer: { priority: 0, keys: 5, replicationId: 'of-source' } })],
    }),
    expected: ['replicate rfr-test-0 192.0.2.1'],
  },
  'nobody is elected or labelled master, whatever a pod says': {
    seen: following({
      redis: [promotedByHand(0, 1500), follower(1, { priority: 100 }), follower(2, {}, { roleLabel: 'master' })],
    }),
    expected: ['label rfr-test-2 slave', 'rank rfr-test-1'],
  },
  'the pods go on without the source': {
    seen: following({ redis: [0, 1, 2].map((one) => unlinked(one)) }),
    expected: [],
  },
  'with a master in the status the field is ignored': {
    seen: seenWith({
      node: SOURCE,
      status: FAILOVER.status ?? {},
      redis: observation().redis,
      sentinels: observation().sentinels,
    }),
    expected: [],
  },
};

const rolled = (ordinal: number): RedisPod => follower(ordinal, {}, { revision: 'rev1' });
const stale = (ordinal: number, answer: Partial<RedisAnswer> = {}): RedisPod =>
  follower(ordinal, answer, { revision: 'rev0' });

const { deployment: _, ...childrenOfRedis } = observation().children;
const rolling = (redis: readonly RedisPod[]): Observation => following({ redis, children: childrenOfRedis });

const ROLLING: Table = {
  'a roll takes one pod while all are in sync with the source': {
    seen: rolling([stale(0), stale(1), stale(2)]),
    expected: ['delete-pod rfr-test-2'],
  },
  'the next one waits until the last has the data of the source': {
    seen: rolling([stale(0), stale(1), follower(2, { linkUp: false, syncing: true })]),
    expected: [],
  },
  'then it goes on': {
    seen: rolling([stale(0), stale(1), rolled(2)]),
    expected: ['delete-pod rfr-test-1'],
  },
  'the last one is replaced like the others': {
    seen: rolling([stale(0), rolled(1), rolled(2)]),
    expected: ['delete-pod rfr-test-0'],
  },
  'without the source nothing is replaced, for the pods have the only copy': {
    seen: rolling([0, 1, 2].map((ordinal) => stale(ordinal, { linkUp: false }))),
    expected: [],
  },
};

const watching = sentinelsSee({ ...watched('192.0.2.1'), port: 7000 }).map((pod) => ({
  ...pod,
  answer: { ...pod.answer, replicas: [1, 2, 3].map((last) => replicaEntry(last, ['slave'], 0)), loginGiven: true },
}));
const SENTINELS: Table = {
  'Sentinels that are allowed watch the source': {
    seen: following({
      node: { allowSentinels: true },
      redis: FOLLOWERS,
      sentinels: [sentinelPod(0, { answer: FORGETFUL }), ...watching.slice(1)],
    }),
    expected: ['monitor rfs-test-0 192.0.2.1'],
  },
  'they are told when the source changes its port alone': {
    seen: following({
      node: { port: 7001, allowSentinels: true },
      status: { bootstrap: { ...SYNCED, source: '192.0.2.1:7001' } },
      redis: [0, 1, 2].map((ordinal) => follower(ordinal, { masterPort: 7001 })),
      sentinels: watching,
    }),
    expected: ['monitor rfs-test-0 192.0.2.1', 'monitor rfs-test-1 192.0.2.1', 'monitor rfs-test-2 192.0.2.1'],
  },
  'one that cannot log in to the source is given its password': {
    seen: following({
      node: { allowSentinels: true },
      redis: FOLLOWERS,
      sourceLogin: { kind: 'password', password: 'outside' },
      sentinels: sentinelsSee({ ...watched('192.0.2.1', { flags: ['master', 's_down', 'disconnected'] }), port: 7000 }),
    }),
    expected: [
      'authenticate-sentinel rfs-test-0',
      'authenticate-sentinel rfs-test-1',
      'authenticate-sentinel rfs-test-2',
    ],
  },
  'they are asked for no failover when the source is gone': {
    seen: following({
      node: { allowSentinels: true },
      redis: [0, 1, 2].map((ordinal) => unlinked(ordinal)),
      sentinels: sentinelsSee({ ...watched('192.0.2.1', { flags: ['master', 's_down', 'o_down'] }), port: 7000 }),
    }),
    expected: [],
  },
  'they forget the source before a pod is promoted': {
    seen: left({ redis: FOLLOWERS, sentinels: watching }),
    expected: ['forget-master rfs-test-0', 'forget-master rfs-test-1', 'forget-master rfs-test-2'],
  },
  'also while one of them tries to replace the source': {
    seen: left({
      redis: FOLLOWERS,
      sentinels: [
        sentinelPod(0, {
          answer: { master: { ...watched('192.0.2.1', { flags: ['master', 'failover_in_progress'] }), port: 7000 } },
        }),
      ],
    }),
    expected: ['forget-master rfs-test-0'],
  },
  'when they have forgotten it, a pod is promoted': {
    seen: left({ redis: FOLLOWERS, sentinels: allSentinels({ answer: FORGETFUL }) }),
    expected: ['promote rfr-test-0'],
  },
  'then they are told the master': {
    seen: left({
      redis: [promoted(0), follower(1), follower(2)],
      sentinels: [sentinelPod(0, { answer: FORGETFUL }), ...watching.slice(1)],
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
};

for (const [title, table] of Object.entries({
  following: FOLLOWING,
  rolling: ROLLING,
  Sentinels: SENTINELS,
})) {
  describe(`a Redis outside is followed: ${title}`, () => {
    for (const [sentence, { seen, expected }] of Object.entries(table))
      test(sentence, () => assert.deepEqual(summary(seen), expected));
  });
}
