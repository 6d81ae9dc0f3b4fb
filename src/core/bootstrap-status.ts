/** What the user reads of a failover that follows a source outside, or leaves it. */
import type { BootstrapStatus } from '../api/types.ts';
import type { Endpoint } from '../ports.ts';
import { addressOf, followsSource, hasSourceData, isLeavingSource } from './bootstrap.ts';
import { currentRevision } from './rules/revision.ts';
import { rollPods } from './rules/roll-pods.ts';
import { redisWanted } from './rules/surge.ts';
import type { Finding } from './sentinels-agree.ts';
import { type AnsweringRedis, isHealthyWatch, type Situation } from './situation.ts';

/** What the user reads of it; undefined when no pod follows a source. */
export const bootstrapStatus = (situation: Situation): BootstrapStatus | undefined => {
  const { source, failover, answering, at } = situation;
  const known = failover.status?.bootstrap;
  if (source === undefined) return isLeavingSource(situation) && !hasEverybodyLeft(situation) ? known : undefined;
  const complete = answering.filter((pod) => hasSourceData(pod, source)).length;
  const since = known?.since ?? (complete > 0 ? new Date(at).toISOString().replace(/\.\d+Z$/, 'Z') : undefined);
  return {
    source: addressOf(source),
    inSync: `${complete}/${redisWanted(situation)}`,
    ...(since !== undefined && { since }),
  };
};

/** A pod that does not answer may still log in as the source wants it. */
const hasEverybodyLeft = ({ master, redis, answering }: Situation): boolean =>
  master !== undefined &&
  answering.length === redis.length &&
  answering.every(({ answer }) => answer.upstreamLogin !== 'wrong');

type Following = Situation & { readonly source: Endpoint };

/** Whether all pods are to follow a source. */
export const isFollowing = (situation: Situation): situation is Following => situation.source !== undefined;

/**
 * The first thing that keeps a failover that follows a source from being Ready, as the end of "waiting for …"; undefined when
 * it is. The source comes first, for without it pods become unready.
 */
export const whatFollowingLacks = (situation: Following): string | undefined => {
  const { source, failover, redis, sentinels } = situation;
  const address = addressOf(source);
  const behind = situation.answering.find((pod) => followsSource(pod, source) && !hasSourceData(pod, source));
  if (behind !== undefined) return `${behind.name} to be in sync with ${address}: ${obstacleOf(behind)}`;
  const redisAsked = redisWanted(situation);
  const redisReady = redis.filter((pod) => pod.ready && !pod.deleting).length;
  if (redisReady < redisAsked) return `${redisAsked - redisReady} more Redis pods to be ready`;
  if (redis.length > redisAsked) return 'the Redis pods of a scale-down to end';
  const astray = situation.answering.find((pod) => !followsSource(pod, source));
  if (astray !== undefined) return `${astray.name} to follow ${address}`;
  const wanted = failover.spec.sentinel.replicas;
  const sentinelsReady = sentinels.filter((pod) => pod.ready && !pod.deleting).length;
  if (sentinelsReady < wanted) return `${wanted - sentinelsReady} more Sentinels to be ready`;
  const agreeing = situation.watching.filter((one) => isHealthyWatch(one, source.host)).length;
  if (agreeing < wanted) return `${wanted - agreeing} more Sentinels to agree on the source ${address}`;
  const revision = currentRevision(situation);
  const isRolling = revision === undefined || redis.some((pod) => pod.revision !== revision);
  return isRolling ? (rollPods(situation).waitingFor ?? 'all pods to be on the current template') : undefined;
};

const obstacleOf = ({ answer }: AnsweringRedis): string => {
  if (answer.syncing || answer.loading) return 'it receives the data';
  return 'its link is down';
};

/** The condition Ready of such a failover. */
export const readyToFollow = ({ source }: Following): Finding => ({
  status: 'True',
  reason: 'FollowsSource',
  message: `every pod has the data of ${addressOf(source)}, and follows it until spec.bootstrapNode is removed`,
});

/** Its condition MasterAvailable: the pods see whether the source is there. */
export const sourceAvailable = ({ source, answering }: Following, lacking: string | undefined): Finding => {
  const isConnected = answering.some((pod) => followsSource(pod, source) && pod.answer.linkUp);
  return isConnected
    ? {
        status: 'True',
        reason: 'FollowsSource',
        message: `the master is outside of this failover: ${addressOf(source)}`,
      }
    : { status: 'Unknown', reason: 'Waiting', message: `waiting for ${lacking}` };
};
