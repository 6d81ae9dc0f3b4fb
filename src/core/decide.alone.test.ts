/** Who becomes master where there are no Sentinels, and what the status says before. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HAND_OVER_ANNOTATION } from '../api/names.ts';
import type { RedisFailoverStatus } from '../api/types.ts';
import { decide } from './decide.ts';
import { summary } from './decide-summary.ts';
import { AT, BOOTED, booted, FAILOVER, observation, redisPod, sentinelPod, unreachable } from './fixtures.ts';
import { keyOf } from './objects/fixtures.ts';
import type { Observation, RedisPod } from './observation.ts';
import { statusOf } from './status.ts';

type World = {
  readonly redis: readonly RedisPod[];
  readonly elected?: string;
  /** The last confirmed master. */
  readonly last?: string | undefined;
  /** For how long there is no master. */
  readonly lostMs?: number;
  /** For how long this operator has looked at the failover. */
  readonly watchedMs?: number;
  readonly annotations?: Readonly<Record<string, string>>;
};

const world = ({ redis, elected, last = 'rfr-test-0', lostMs, watchedMs, annotations = {} }: World): Observation => {
  const lost = {
    type: 'MasterAvailable',
    status: 'False',
    reason: 'NoMaster',
    message: '',
    lastTransitionTime: new Date(AT - (lostMs ?? 0)).toISOString(),
  };
  const status: RedisFailoverStatus = {
    phase: 'Ready',
    master: { pod: last, address: '10.0.0.1:6379', replicationId: 'history' },
    ...(elected !== undefined && { elected }),
    ...(lostMs !== undefined && { conditions: [lost] }),
    ...('to' in annotations && { handOver: handOverTo(annotations['to'] ?? '') }),
  };
  const metadata = {
    ...FAILOVER.metadata,
    annotations: 'to' in annotations ? { [HAND_OVER_ANNOTATION]: annotations['to'] ?? '' } : {},
  };
  return observation({
    failover: { ...FAILOVER, metadata, spec: { sentinel: { enabled: false } }, status },
    redis,
    ...(watchedMs !== undefined && { watchedSince: AT - watchedMs }),
    sentinels: [],
    children: { ...observation().children, others: new Map() },
  });
};

const handOverTo = (to: string) =>
  ({ request: to, state: 'Waiting', from: 'rfr-test-0', to, message: '', time: new Date(AT).toISOString() }) as const;

const replica = (ordinal: number, offset = 1000): RedisPod => redisPod(ordinal, { answer: { offset } });
const gone = (ordinal: number, why: 'refused' | 'timeout' | 'auth'): RedisPod =>
  redisPod(ordinal, { answer: unreachable(why) });
/** Was made master at offset 1000 of the old history. */
const promoted = (ordinal: number): RedisPod =>
  redisPod(ordinal, {
    answer: {
      role: 'master',
      replicationId: 'new',
      secondReplicationId: 'history',
      secondOffset: 1000,
      connectedReplicas: [],
    },
  });
const oldMaster = (change: Parameters<typeof redisPod>[1] = {}): RedisPod => redisPod(0, change);

type Case = { readonly seen: World; readonly elected: string | undefined; readonly does: readonly string[] };

const CASES: Readonly<Record<string, Case>> = {
  'while all is well, the master is the elected one': {
    seen: { redis: [oldMaster(), replica(1), replica(2)] },
    elected: 'rfr-test-0',
    does: [],
  },
  'a master whose process is gone is replaced by the best replica, which is first written down': {
    seen: { elected: 'rfr-test-0', redis: [gone(0, 'refused'), replica(1, 900), replica(2, 950)], lostMs: 0 },
    elected: 'rfr-test-2',
    does: [],
  },
  'and then made master': {
    seen: { elected: 'rfr-test-2', redis: [gone(0, 'refused'), replica(1, 900), replica(2, 950)], lostMs: 0 },
    elected: 'rfr-test-2',
    does: ['promote rfr-test-2'],
  },
  'also when the old one is back meanwhile': {
    seen: { elected: 'rfr-test-2', redis: [booted(0, { answer: { keys: 10 } }), replica(1), replica(2)], lostMs: 100 },
    elected: 'rfr-test-2',
    does: ['promote rfr-test-2'],
  },
  'a master that is merely silent is waited for': {
    seen: { elected: 'rfr-test-0', redis: [gone(0, 'timeout'), replica(1), replica(2)], lostMs: 4_000 },
    elected: 'rfr-test-0',
    does: [],
  },
  'for as long as Sentinel would': {
    seen: { elected: 'rfr-test-0', redis: [gone(0, 'timeout'), replica(1), replica(2)], lostMs: 6_000 },
    elected: 'rfr-test-1',
    does: [],
  },
  'however long ago it was lost when this operator has only just begun to look': {
    seen: {
      elected: 'rfr-test-0',
      redis: [gone(0, 'timeout'), replica(1), replica(2)],
      lostMs: 60_000,
      watchedMs: 4_000,
    },
    elected: 'rfr-test-0',
    does: [],
  },
  'one that refuses the password of the operator is alive': {
    seen: { elected: 'rfr-test-0', redis: [gone(0, 'auth'), replica(1), replica(2)], lostMs: 60_000 },
    elected: 'rfr-test-0',
    does: [],
  },
  'one that restarted lost what its replicas have': {
    seen: { elected: 'rfr-test-0', redis: [booted(0, { answer: { keys: 10 } }), replica(1), replica(2)], lostMs: 0 },
    elected: 'rfr-test-1',
    does: [],
  },
  'a replica that did not follow to the end is no candidate': {
    seen: {
      elected: 'rfr-test-0',
      redis: [gone(0, 'refused'), redisPod(1, { answer: { syncing: true } }), replica(2, 900)],
      lostMs: 0,
    },
    elected: 'rfr-test-2',
    does: [],
  },
  'nor one that is kept out of elections': {
    seen: {
      elected: 'rfr-test-0',
      redis: [gone(0, 'refused'), redisPod(1, { answer: { priority: 0 } }), replica(2, 900)],
      lostMs: 0,
    },
    elected: 'rfr-test-2',
    does: [],
  },
  'a moment of silence in a planned change does not make the chosen one master': {
    seen: { elected: 'rfr-test-2', redis: [gone(0, 'timeout'), replica(1), replica(2)], lostMs: 1_000 },
    elected: 'rfr-test-2',
    does: [],
  },
  'nor another one, when the chosen one fails then': {
    seen: { elected: 'rfr-test-2', redis: [gone(0, 'timeout'), replica(1), gone(2, 'refused')], lostMs: 1_000 },
    elected: 'rfr-test-2',
    does: [],
  },
  'when the master stays silent, it does': {
    seen: { elected: 'rfr-test-2', redis: [gone(0, 'timeout'), replica(1), replica(2)], lostMs: 6_000 },
    elected: 'rfr-test-2',
    does: ['promote rfr-test-2'],
  },
  'a change that begins before anybody is elected is written down first, too': {
    seen: { redis: [oldMaster(), replica(1), replica(2)], annotations: { to: 'rfr-test-2' } },
    elected: 'rfr-test-2',
    does: [],
  },
  'a chosen replica that fails before it is master is replaced by another': {
    seen: { elected: 'rfr-test-2', redis: [gone(0, 'refused'), replica(1), gone(2, 'refused')], lostMs: 100 },
    elected: 'rfr-test-1',
    does: [],
  },
  'one that is silent may be master by now: the old one is no master meanwhile': {
    seen: { elected: 'rfr-test-2', redis: [oldMaster(), replica(1), gone(2, 'timeout')], lostMs: 2_000 },
    elected: 'rfr-test-2',
    does: [],
  },
  'until it has been silent for long; then the old one goes on': {
    seen: { elected: 'rfr-test-2', redis: [oldMaster(), replica(1), gone(2, 'timeout')], lostMs: 6_000 },
    elected: 'rfr-test-0',
    does: [],
  },
  'of two masters the elected one stays, whatever the operator remembers': {
    seen: { elected: 'rfr-test-2', redis: [oldMaster(), replica(1), promoted(2)] },
    elected: 'rfr-test-2',
    does: [
      'label rfr-test-0 slave',
      'label rfr-test-2 master',
      'demote rfr-test-0 10.0.0.3',
      'replicate rfr-test-1 10.0.0.3',
    ],
  },
  'an old master that comes back alone takes over nothing': {
    seen: {
      elected: 'rfr-test-2',
      last: 'rfr-test-2',
      redis: [
        oldMaster({ answer: { replicationId: 'older' } }),
        redisPod(1, { answer: { ...BOOTED, replicationId: 'older', keys: 10, offset: 5 } }),
        gone(2, 'timeout'),
      ],
      lostMs: 60_000,
    },
    elected: 'rfr-test-2',
    does: [],
  },
  'a change that is asked for is written down first': {
    seen: { elected: 'rfr-test-0', redis: [oldMaster(), replica(1), replica(2)], annotations: { to: 'rfr-test-2' } },
    elected: 'rfr-test-2',
    does: [],
  },
  'and then carried out by a hand-over': {
    seen: { elected: 'rfr-test-2', redis: [oldMaster(), replica(1), replica(2)], annotations: { to: 'rfr-test-2' } },
    elected: 'rfr-test-2',
    does: ['hand-over rfr-test-0'],
  },
  'one that nobody asks for any more is taken back': {
    seen: { elected: 'rfr-test-2', redis: [oldMaster(), replica(1), replica(2)] },
    elected: 'rfr-test-0',
    does: [],
  },
};

describe('without Sentinels', () => {
  for (const [sentence, { seen, elected, does }] of Object.entries(CASES)) {
    test(sentence, () => {
      const observed = world(seen);
      const { situation, plan } = decide(observed);
      assert.deepEqual(summary(observed), does);
      assert.equal(statusOf(situation, plan, []).elected, elected);
    });
  }

  test('the master is asked every second, because nobody else would tell that it hangs', () => {
    const { plan } = decide(world({ elected: 'rfr-test-0', redis: [oldMaster(), replica(1), replica(2)] }));
    assert.equal(plan.recheckMs, 1_000);
  });

  test('a new failover gets its first master at once', () => {
    const seen = world({ redis: [0, 1, 2].map((ordinal) => booted(ordinal)) });
    const { master: _master, ...status } = seen.failover.status ?? {};
    assert.deepEqual(summary({ ...seen, failover: { ...seen.failover, status } }), ['promote rfr-test-0']);
  });

  test('the master that hands over picks the replica that was asked for', () => {
    const seen = world({
      elected: 'rfr-test-2',
      redis: [oldMaster(), replica(1), replica(2)],
      annotations: { to: 'rfr-test-2' },
    });
    const [action] = decide(seen).plan.actions.flatMap((one) => (one.kind === 'hand-over' ? [one] : []));
    assert.deepEqual([action?.leader, action?.replicas.map(({ pod }) => pod)], [undefined, ['rfr-test-2']]);
  });

  test('the failover is ready and says who decides', () => {
    const { situation, plan } = decide(world({ elected: 'rfr-test-0', redis: [oldMaster(), replica(1), replica(2)] }));
    const { phase, sentinel, conditions } = statusOf(situation, plan, []);
    assert.deepEqual([phase, sentinel?.summary], ['Ready', '0/0']);
    assert.match(conditions?.find(({ type }) => type === 'MasterAvailable')?.message ?? '', /the operator decides/);
  });

  test('the objects of Sentinels go', () => {
    const seen = world({ elected: 'rfr-test-0', redis: [oldMaster(), replica(1), replica(2)] });
    const left = [
      { kind: 'Service', metadata: { name: 'rfs-test' } },
      { kind: 'ConfigMap', metadata: { name: 'rfs-test' } },
      { kind: 'PodDisruptionBudget', metadata: { name: 'rfs-test' } },
    ];
    const children = {
      ...seen.children,
      deployment: { kind: 'Deployment' as const, metadata: { name: 'rfs-test' } },
      others: new Map(left.map((object) => [keyOf(object), object])),
    };
    const { actions } = decide({ ...seen, children }).plan;
    const removed = actions.flatMap((action) => (action.kind === 'delete-object' ? [keyOf(action.object)] : []));
    assert.deepEqual(removed.sort(), [
      'ConfigMap/rfs-test',
      'Deployment/rfs-test',
      'PodDisruptionBudget/rfs-test',
      'Service/rfs-test',
    ]);
    const made = actions.flatMap((action) => (action.kind === 'apply' ? [keyOf(action.object)] : []));
    assert.deepEqual(
      made.filter((key) => key.endsWith('/rfs-test')),
      [],
    );
  });

  test('those that are about to go still elect', () => {
    const seen = world({ redis: [gone(0, 'timeout'), replica(1), replica(2)], lostMs: 60_000 });
    const sentinels = [sentinelPod(0), sentinelPod(1), sentinelPod(2)];
    const { situation, plan } = decide({ ...seen, sentinels });
    assert.equal(situation.quorum, 2);
    assert.deepEqual(
      summary({ ...seen, sentinels }).filter((one) => one.startsWith('promote')),
      [],
    );
    assert.equal(statusOf(situation, plan, []).elected, undefined);
  });
});
