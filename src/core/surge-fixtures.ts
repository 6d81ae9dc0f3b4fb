/** Failovers of one or two Redis in a roll, and what is decided about one Redis more. */
import { PAUSE_ANNOTATION, SURGE_ANNOTATION } from '../api/names.ts';
import { decide } from './decide.ts';
import { summary } from './decide-summary.ts';
import { AT, allSentinels, FAILOVER, observation, redisPod, replicaEntry, unreachable, watched } from './fixtures.ts';
import type { Surge } from './objects/stateful-set.ts';
import type { Observation, RedisAnswer, RedisPod } from './observation.ts';
import { replicasNow } from './rules/apply-objects.ts';
import { surgeFor } from './rules/surge.ts';

/** On an earlier template. */
export const stale = { revision: 'rev0' } as const;

/** A failover in a roll. */
export type World = {
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
export const world = ({ asked, live, annotated, onVolumes, paused, redis, master = 0 }: World): Observation => {
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
export const follower = (ordinal: number, master: number, change: Change = {}): RedisPod =>
  redisPod(ordinal, {
    roleLabel: 'slave',
    ...change,
    answer: { role: 'replica', masterHost: `10.0.0.${master + 1}`, masterPort: 6379, linkUp: true, ...change.answer },
  });
/** The master. */
export const masterPod = (ordinal: number, change: Change = {}): RedisPod =>
  redisPod(ordinal, {
    roleLabel: 'master',
    ...change,
    answer: { role: 'master', masterHost: undefined, masterPort: undefined, ...change.answer },
  });
/** A pod whose image cannot be pulled. */
export const broken = (ordinal: number, change: Parameters<typeof redisPod>[1] = {}): RedisPod =>
  redisPod(ordinal, {
    roleLabel: 'slave',
    ready: false,
    container: { kind: 'waiting', reason: 'ImagePullBackOff', message: '' },
    answer: unreachable('no-address'),
    ...change,
  });
/** A pod that no node takes, for so many seconds. */
export const unplaced = (ordinal: number, seconds: number): RedisPod =>
  broken(ordinal, {
    createdAt: AT - seconds * 1000,
    container: { kind: 'waiting', reason: 'Unschedulable', message: '' },
  });

/** The replicas that the StatefulSet is asked for, what it says of one for the roll, and what else is done. */
export type Expected = {
  readonly replicas: number;
  readonly surge?: Surge;
  readonly does?: readonly string[];
};

/** What is decided there. */
export const decidedIn = (row: World): Required<Pick<Expected, 'replicas' | 'does'>> & Pick<Expected, 'surge'> => {
  const seen = world(row);
  const { situation } = decide(seen);
  const replicas = replicasNow(situation);
  const surge = surgeFor(situation, replicas);
  return { replicas, does: summary(seen), ...(surge !== undefined && { surge }) };
};
