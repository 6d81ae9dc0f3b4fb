/** Observations of a failover that follows a Redis outside, or has just left it, for tests of `spec.bootstrapNode`. */
import type { BootstrapNode, BootstrapStatus, RedisFailover, RedisFailoverStatus } from '../api/types.ts';
import { AT, FAILOVER, observation, redisPod } from './fixtures.ts';
import type { InternalLogin, Observation, RedisAnswer, RedisPod } from './observation.ts';

export const SOURCE = { host: '192.0.2.1', port: 7000 };
export const ADDRESS = '192.0.2.1:7000';
export const TOLD: BootstrapStatus = { source: ADDRESS, inSync: '0/3' };
export const SYNCED: BootstrapStatus = { source: ADDRESS, inSync: '3/3', since: '2026-01-01T00:05:00Z' };
export const INTERNAL: InternalLogin = { kind: 'password', password: 'own', sha256: 'ab12', since: AT - 3_600_000 };

type Change = Omit<NonNullable<Parameters<typeof observation>[0]>, 'failover'> & {
  readonly node?: BootstrapNode | undefined;
  readonly spec?: RedisFailover['spec'];
  readonly status?: RedisFailoverStatus;
};

export const seenWith = ({ node, spec, status = {}, ...change }: Change): Observation =>
  observation({
    sentinels: [],
    ...change,
    failover: { ...FAILOVER, spec: { ...spec, ...(node && { bootstrapNode: node }) }, status },
  });

/** The field is there; the status names the source. */
export const following = ({ node, ...change }: Change = {}): Observation =>
  seenWith({ node: { ...SOURCE, ...node }, status: { phase: 'Ready', bootstrap: SYNCED }, ...change });

/** The field was removed just now. */
export const left = (change: Change = {}): Observation =>
  seenWith({ status: { phase: 'Ready', bootstrap: SYNCED }, ...change });

type PodChange = Parameters<typeof redisPod>[1];

/** A pod that follows the source and has its data. */
export const follower = (ordinal: number, answer: Partial<RedisAnswer> = {}, change: PodChange = {}): RedisPod =>
  redisPod(ordinal, {
    roleLabel: 'slave',
    ...change,
    answer: {
      role: 'replica',
      masterHost: SOURCE.host,
      masterPort: SOURCE.port,
      linkUp: true,
      replicationId: 'of-source',
      priority: 0,
      connectedReplicas: [],
      upstreamLogin: 'right',
      ...answer,
    },
  });

export const FOLLOWERS = [0, 1, 2].map((ordinal) => follower(ordinal));
export const unlinked = (ordinal: number, answer: Partial<RedisAnswer> = {}): RedisPod =>
  follower(ordinal, { linkUp: false, linkDownSeconds: 60, ...answer });
export const blank = { keys: 0, offset: 0 };
/** Was made master by hand at offset 1000 of the source's history, and went on to `offset`. */
export const promotedByHand = (ordinal: number, offset: number, keys = 10): RedisPod =>
  redisPod(ordinal, {
    roleLabel: 'slave',
    answer: {
      role: 'master',
      masterHost: undefined,
      masterPort: undefined,
      linkUp: false,
      replicationId: 'its-own',
      secondReplicationId: 'of-source',
      secondOffset: 1001,
      offset,
      keys,
      connectedReplicas: [],
    },
  });
/** Promoted by the operator, before the others know. */
export const promoted = (ordinal: number): RedisPod => promotedByHand(ordinal, 1000);
export const onVolumes = (createdAt: string): Change => ({
  spec: {
    redis: {
      storage: {
        persistentVolumeClaim: {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      },
    },
  },
  children: {
    ...observation().children,
    claims: [0, 1, 2].map((ordinal) => ({
      metadata: { name: `data-rfr-test-${ordinal}`, uid: `claim-${ordinal}`, creationTimestamp: createdAt },
    })),
  },
});
