import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAUSE_ANNOTATION, SURGE_ANNOTATION } from '../api/names.ts';
import { decide } from './decide.ts';
import { summary } from './decide-summary.ts';
import { AT, allSentinels, FAILOVER, observation, redisPod, replicaEntry, unreachable, watched } from './fixtures.ts';
import type { Observation, RedisAnswer, RedisPod } from './observation.ts';
import { replicasNow } from './rules/apply-objects.ts';
import { surgeFor } from './rules/surge.ts';
import { statusOf } from './status.ts';

const stale = { revision: 'rev0' } as const;

type World = {
  /** What the spec asks for. */
  readonly asked: number;
  /** What the live StatefulSet has. */
  readonly live: number;
  /** The annotation says that one of them is there for the roll only, or that there is no room for one. */
  readonly annotated?: boolean | 'no-room';
  readonly onVolumes?: boolean;
  readonly paused?: boolean;
  readonly redis: readonly RedisPod[];
  /** Ordinal of the master, which all Sentinels watch; they know the other pods with their priorities. */
  readonly master?: number;
};

/** A failover on emptyDir, unless said otherwise, whose Sentinels know all pods that answer. */
const world = ({ asked, live, annotated, onVolumes, paused, redis, master = 0 }: World): Observation => {
  const annotations: Record<string, string> = paused ? { [PAUSE_ANNOTATION]: 'true' } : {};
  const replicas = redis.filter((pod) => pod.answer.kind === 'answer' && pod.name !== `rfr-test-${master}`);
  return observation({
    failover: {
      ...FAILOVER,
      metadata: { ...FAILOVER.metadata, annotations },
      spec: { redis: { replicas: asked } },
    },
    redis,
    sentinels: allSentinels({
      answer: {
        master: watched(`10.0.0.${master + 1}`),
        replicas: replicas.map((pod) =>
          replicaEntry(
            Number(pod.name.slice(-1)) + 1,
            ['slave'],
            pod.answer.kind === 'answer' ? pod.answer.priority : 0,
          ),
        ),
      },
    }),
    children: {
      ...observation().children,
      statefulSet: {
        metadata: {
          name: 'rfr-test',
          generation: 1,
          ...(annotated && { annotations: { [SURGE_ANNOTATION]: String(annotated) } }),
        },
        spec: {
          replicas: live,
          selector: {},
          template: {},
          serviceName: 'rfr-test',
          ...(onVolumes && { volumeClaimTemplates: [{}] }),
        },
        status: { replicas: live, observedGeneration: 1, updateRevision: 'rev1' },
      },
    },
  });
};

type Change = { readonly revision?: string; readonly answer?: Partial<RedisAnswer> };

/** A replica of the master with that ordinal. */
const follower = (ordinal: number, master: number, change: Change = {}): RedisPod =>
  redisPod(ordinal, {
    roleLabel: 'slave',
    ...change,
    answer: { role: 'replica', masterHost: `10.0.0.${master + 1}`, masterPort: 6379, linkUp: true, ...change.answer },
  });
const masterPod = (ordinal: number, change: Change = {}): RedisPod =>
  redisPod(ordinal, {
    roleLabel: 'master',
    ...change,
    answer: { role: 'master', masterHost: undefined, masterPort: undefined, ...change.answer },
  });
/** A pod whose image cannot be pulled. */
const broken = (ordinal: number, change: Parameters<typeof redisPod>[1] = {}): RedisPod =>
  redisPod(ordinal, {
    roleLabel: 'slave',
    ready: false,
    container: { kind: 'waiting', reason: 'ImagePullBackOff', message: '' },
    answer: unreachable('no-address'),
    ...change,
  });
/** A pod that no node takes, for so many seconds. */
const unplaced = (ordinal: number, seconds: number): RedisPod =>
  broken(ordinal, {
    createdAt: AT - seconds * 1000,
    container: { kind: 'waiting', reason: 'Unschedulable', message: '' },
  });
/** The priority of a pod that is there for the roll only. */
const LAST = { answer: { priority: 101 } } as const;
const LEAVES = { answer: { priority: 0 } } as const;

/** The replicas that the StatefulSet is asked for, which are more than the spec has only for a roll, and what else is done. */
type Expected = {
  readonly replicas: number;
  readonly surge?: 'no-room';
  readonly does?: readonly string[];
};

const TABLE: Readonly<Record<string, World & Expected>> = {
  'a single Redis gets a second one before anything is replaced': {
    asked: 1,
    live: 1,
    redis: [redisPod(0, stale)],
    replicas: 2,
  },
  'two get a third': {
    asked: 2,
    live: 2,
    redis: [redisPod(0, stale), redisPod(1, stale)],
    replicas: 3,
  },
  'three get none': {
    asked: 3,
    live: 3,
    redis: [redisPod(0, stale), redisPod(1, stale), redisPod(2, stale)],
    replicas: 3,
    does: ['delete-pod rfr-test-2'],
  },
  'nor does a Redis that finds its data on a volume again': {
    asked: 2,
    live: 2,
    onVolumes: true,
    redis: [redisPod(0, stale), redisPod(1, stale)],
    replicas: 2,
    does: ['delete-pod rfr-test-1'],
  },
  'none is added where no master serves: there is nothing to keep': {
    asked: 1,
    live: 1,
    redis: [broken(0, stale)],
    replicas: 1,
    does: ['delete-pod rfr-test-0'],
  },
  'none is added while the roll is paused': {
    asked: 1,
    live: 1,
    paused: true,
    redis: [redisPod(0, stale)],
    replicas: 1,
  },
  'one that is there already stays while the roll is paused': {
    asked: 1,
    live: 2,
    annotated: true,
    paused: true,
    redis: [redisPod(0, stale), follower(1, 0, LAST)],
    replicas: 2,
  },
  'the new one may be elected, after all others': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0)],
    replicas: 2,
    does: ['rank rfr-test-1', 'hand-over rfr-test-0'],
  },
  'the single Redis hands over to it': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0, LAST)],
    replicas: 2,
    does: ['hand-over rfr-test-0'],
  },
  'then it is replaced': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [follower(0, 1, stale), masterPod(1)],
    replicas: 2,
    does: ['delete-pod rfr-test-0'],
  },
  'the second one stays while the first is away': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [masterPod(1)],
    replicas: 2,
  },
  'and until the first has the data': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [follower(0, 1, { answer: { linkUp: false, syncing: true } }), masterPod(1)],
    replicas: 2,
    does: ['rank rfr-test-0'],
  },
  'then it hands over': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [follower(0, 1), masterPod(1)],
    replicas: 2,
    does: ['hand-over rfr-test-1'],
  },
  'and leaves once the first is master again': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [masterPod(0), follower(1, 0, LEAVES)],
    replicas: 1,
  },
  'the pods of two are replaced in their turn, the third is master only if it must': {
    asked: 2,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), redisPod(1, stale), follower(2, 0, LAST)],
    replicas: 3,
    does: ['delete-pod rfr-test-1'],
  },
  'the third stays while the last of two is away': {
    asked: 2,
    live: 3,
    annotated: true,
    master: 1,
    redis: [masterPod(1), follower(2, 1, LAST)],
    replicas: 3,
  },
  'a revert before anything was replaced takes the new one away': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0), follower(1, 0, { ...stale, ...LEAVES })],
    replicas: 1,
  },
  'a revert while the new one is master replaces nothing in vain': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [follower(0, 1), masterPod(1, { ...stale, ...LEAVES })],
    replicas: 2,
    does: ['hand-over rfr-test-1'],
  },
  'a broken new template costs nothing': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), broken(1)],
    replicas: 2,
  },
  'and can be mended': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), broken(1, stale)],
    replicas: 2,
    does: ['delete-pod rfr-test-1'],
  },
  'a user who asks for more meanwhile gets the new one for good': {
    asked: 3,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0)],
    replicas: 3,
  },
  'of two for two one more is made': {
    asked: 2,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0)],
    replicas: 3,
  },
  'a scale-down to one goes down to two first': {
    asked: 1,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0, LAST), follower(2, 0, LEAVES)],
    replicas: 2,
  },
  'a scale-down without a roll leaves nobody behind for the sake of the others': {
    asked: 2,
    live: 3,
    redis: [redisPod(0), broken(1), follower(2, 0, LEAVES)],
    replicas: 2,
  },
  'when the first dies during the roll the new one may take over': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, { ...stale, answer: unreachable('timeout') }), follower(1, 0, LAST)],
    replicas: 2,
  },
  'the roll of two waits for a node with room for the third': {
    asked: 2,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), redisPod(1, stale), unplaced(2, 119)],
    replicas: 3,
  },
  'and goes on without it after two minutes': {
    asked: 2,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), redisPod(1, stale), unplaced(2, 120)],
    replicas: 2,
    surge: 'no-room',
  },
  'once it is gone': {
    asked: 2,
    live: 2,
    annotated: 'no-room',
    redis: [redisPod(0, stale), redisPod(1, stale)],
    replicas: 2,
    surge: 'no-room',
    does: ['delete-pod rfr-test-1'],
  },
  'to the last of the two': {
    asked: 2,
    live: 2,
    annotated: 'no-room',
    redis: [redisPod(0, stale), follower(1, 0)],
    replicas: 2,
    surge: 'no-room',
    does: ['hand-over rfr-test-0'],
  },
  'the next roll tries again': {
    asked: 2,
    live: 2,
    annotated: 'no-room',
    redis: [redisPod(0), follower(1, 0)],
    replicas: 2,
  },
  'one that was made meanwhile, and is slow, is waited for': {
    asked: 2,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), redisPod(1, stale), broken(2, { createdAt: 0 })],
    replicas: 3,
  },
  'a single Redis is never replaced without it': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), unplaced(1, 3_600)],
    replicas: 2,
  },
};

describe('a roll with one Redis more', () => {
  for (const [sentence, { replicas, surge, does = [], ...row }] of Object.entries(TABLE)) {
    test(sentence, () => {
      const seen = world(row);
      const { situation } = decide(seen);
      const asked = replicasNow(situation);
      const expected = surge ?? (replicas > row.asked ? 'true' : undefined);
      assert.deepEqual({ asked, surge: surgeFor(situation, asked) }, { asked: replicas, surge: expected });
      assert.deepEqual(summary(seen), does);
    });
  }

  test('is not over for the status while the first is away', () => {
    const { situation, plan } = decide(world({ asked: 1, live: 2, annotated: true, master: 1, redis: [masterPod(1)] }));
    const { phase, conditions } = statusOf(situation, plan, []);
    assert.equal(phase, 'Updating');
    assert.equal(
      conditions?.find(({ type }) => type === 'Ready')?.message,
      'waiting for 1 more Redis pods to be ready',
    );
  });

  test('keeps the StatefulSet from being told apart by its number alone', () => {
    const { plan } = decide(world({ asked: 1, live: 1, redis: [redisPod(0, stale)] }));
    const set = plan.actions
      .flatMap((action) => (action.kind === 'apply' ? action.object : []))
      .find(({ kind }) => kind === 'StatefulSet');
    assert.equal(set?.metadata?.annotations?.[SURGE_ANNOTATION], 'true');
  });

  test('remembers that there is no room while the StatefulSet controller has not seen the latest spec', () => {
    const seen = world({ asked: 2, live: 2, annotated: 'no-room', redis: [redisPod(0, stale), redisPod(1, stale)] });
    const { statefulSet } = seen.children;
    const unseen = { ...statefulSet, metadata: { ...statefulSet?.metadata, generation: 2 } };
    const { situation } = decide({ ...seen, children: { ...seen.children, statefulSet: unseen } });
    assert.equal(surgeFor(situation, 2), 'no-room');
  });
});
