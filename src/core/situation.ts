/** What follows from an observation before any rule is asked: who is master, what Sentinel thinks, what runs. */
import { SENTINEL_PORT } from '../api/names.ts';
import type { Endpoint } from '../ports.ts';
import { addressOf, sourceOf } from './bootstrap.ts';
import { bestOf, isBlank } from './elect.ts';
import { electedMaster } from './election.ts';
import type { Observation, RedisAnswer, RedisPod, SentinelAnswer, SentinelPod, WatchedMaster } from './observation.ts';

/** A pod whose Redis answered. */
export type AnsweringRedis = RedisPod & { readonly ip: string; readonly answer: RedisAnswer };
/** A pod whose Sentinel answered. */
export type AnsweringSentinel = SentinelPod & { readonly ip: string; readonly answer: SentinelAnswer };
/** A Sentinel that watches a master. */
export type WatchingSentinel = AnsweringSentinel & { readonly answer: { readonly master: WatchedMaster } };

export type Situation = Observation & {
  readonly port: number;
  readonly quorum: number;
  /** There are no Sentinels: see `election.ts`. */
  readonly alone: boolean;
  readonly answering: readonly AnsweringRedis[];
  /** Answering pods that say they are master, whoever agrees. */
  readonly masters: readonly AnsweringRedis[];
  /** The Redis outside that all pods follow; then nobody of them is master. */
  readonly source: Endpoint | undefined;
  /** The one that serves: see `confirmMaster`. */
  readonly master: AnsweringRedis | undefined;
  readonly watching: readonly WatchingSentinel[];
  readonly answeringSentinels: readonly AnsweringSentinel[];
  /** The address that a quorum of Sentinels watches. */
  readonly voted: Endpoint | undefined;
  /** Some reachable Sentinel is in the middle of a failover: everybody else keeps still. */
  readonly failoverRunning: boolean;
};

/** Derives the situation; pure and total. */
export const situationOf = (observation: Observation): Situation => {
  const { failover } = observation;
  const port = failover.spec.redis.port;
  const { replicas, enabled } = failover.spec.sentinel;
  // Those that are about to be removed count until they are gone.
  const quorum = Math.floor((enabled ? replicas : observation.sentinels.length) / 2) + 1;
  const answering = observation.redis.filter(answers);
  const answeringSentinels = observation.sentinels.filter(sentinelAnswers);
  const watching = answeringSentinels.filter(watches);
  const failoverRunning = watching.some((sentinel) => sentinel.answer.master.flags.includes('failover_in_progress'));
  const masters = answering.filter((pod) => pod.answer.role === 'master');
  const source = sourceOf(failover);
  const voted = votedAddress(watching, { masters, quorum, port });
  const base = {
    ...observation,
    port,
    quorum,
    alone: !enabled && observation.sentinels.length === 0,
    answering,
    masters,
    source,
    watching,
    answeringSentinels,
    voted,
    failoverRunning,
  };
  if (source !== undefined) return { ...base, master: undefined };
  return { ...base, master: base.alone ? electedMaster(base) : confirmMaster(base) };
};

/** Whether `endpoint` is where `pod` listens. */
export const isAt = (pod: { readonly ip: string | undefined }, endpoint: Endpoint, port: number): boolean =>
  pod.ip === endpoint.host && port === endpoint.port;

/** The pod that owns an address now; a Failed or Succeeded pod no longer owns its own. */
export const ownerOf = (situation: Observation & { readonly port: number }, endpoint: Endpoint): RedisPod | undefined =>
  situation.redis.find(
    (pod) => pod.phase !== 'Failed' && pod.phase !== 'Succeeded' && isAt(pod, endpoint, situation.port),
  );

/** A replica that follows `master` and has received its whole data set. */
export const inSync = (pod: AnsweringRedis, master: AnsweringRedis, port: number): boolean =>
  follows(pod, master, port) && pod.answer.linkUp && !pod.answer.syncing && !pod.answer.loading;

/** A replica that is configured to follow `master`, however far it is. */
export const follows = (pod: AnsweringRedis, master: AnsweringRedis, port: number): boolean =>
  pod.answer.role === 'replica' && pod.answer.masterHost === master.ip && pod.answer.masterPort === port;

/** Follows nobody real: the state every pod boots in. */
export const isUnassigned = (pod: AnsweringRedis): boolean =>
  pod.answer.role === 'replica' && (pod.answer.masterHost === '127.0.0.1' || pod.answer.masterHost === undefined);

/** Whether a Sentinel's peer entry is this pod. */
export const sentinelEndpoint = (
  pod: { readonly ip: string | undefined },
  peer: { readonly ip: string; readonly port: number },
): boolean => pod.ip === peer.ip && peer.port === SENTINEL_PORT;

/** What every Sentinel is to watch: the master, or the source that all pods follow. */
export const watchedBySentinels = ({
  master,
  source,
  port,
}: Pick<Situation, 'master' | 'source' | 'port'>): (Endpoint & { readonly name: string }) | undefined => {
  if (master !== undefined) return { host: master.ip, port, name: master.name };
  return source && { ...source, name: `the source ${addressOf(source)}` };
};

/** Whether a Sentinel watches the master at `ip` and finds it up. */
export const isHealthyWatch = ({ answer }: WatchingSentinel, ip: string): boolean =>
  answer.master.ip === ip && !answer.tilt && answer.master.flags.every((flag) => flag === 'master');

/** Whether Kubernetes ends the pod, or is about to. */
export const isLeaving = (pod: RedisPod): boolean => pod.deleting || pod.disruption !== undefined;

/** Number the StatefulSet gave the pod: 2 for `rfr-name-2`. */
export const ordinalOf = (pod: { readonly name: string }): number =>
  Number(pod.name.slice(pod.name.lastIndexOf('-') + 1));

/**
 * Whether Sentinel can still elect a master by itself, or could behind our back: one that answers knows a live replica and
 * can have the votes it needs, or so many do not answer that they may be a majority somewhere else. Those that are merely
 * silent count as voters, because a partition looks like that.
 */
export const sentinelsCanElect = (situation: Omit<Situation, 'master'>): boolean => {
  const unseen = situation.sentinels.filter(mayBeAliveUnseen);
  return (
    unseen.length >= situation.quorum || situation.watching.some((candidate) => canLead(situation, candidate, unseen))
  );
};

const canLead = (
  situation: Omit<Situation, 'master'>,
  candidate: WatchingSentinel,
  unseen: readonly SentinelPod[],
): boolean => {
  const { master, peers, replicas } = candidate.answer;
  const address = { host: master.ip, port: master.port };
  const voters = peers.filter(
    (peer) =>
      situation.watching.some((other) => isPeer(other, peer, address)) ||
      unseen.some((pod) => sentinelEndpoint(pod, peer)),
  );
  const needed = Math.max(situation.quorum, Math.floor((peers.length + 1) / 2) + 1);
  return voters.length + 1 >= needed && replicas.some((replica) => canBePromoted(situation, replica));
};

/** A pod that does not answer and is not known to be gone: it may be cut off from us only. */
export const mayBeAliveUnseen = (pod: RedisPod | SentinelPod): boolean =>
  pod.answer.kind === 'unreachable' &&
  !pod.deleting &&
  pod.container.kind === 'running' &&
  (pod.answer.why === 'timeout' || pod.answer.why === 'unreachable' || pod.answer.why === 'closed');

const isPeer = (
  other: WatchingSentinel,
  peer: { readonly ip: string; readonly port: number },
  watched: Endpoint,
): boolean =>
  sentinelEndpoint(other, peer) && other.answer.master.ip === watched.host && other.answer.master.port === watched.port;

/** Sentinel would take a replica that has nothing yet; that is no election while any pod has data. */
const canBePromoted = (
  situation: Omit<Situation, 'master'>,
  replica: { readonly ip: string; readonly port: number },
): boolean => {
  const pod = situation.answering.find((one) => isAt(one, { host: replica.ip, port: replica.port }, situation.port));
  if (pod === undefined || pod.answer.role === 'master') return false;
  const { answer } = pod;
  const worthIt = !isBlank(answer) || situation.answering.every((one) => isBlank(one.answer));
  return worthIt && !answer.loading && !isUnassigned(pod) && answer.priority > 0;
};

/**
 * The master is the pod that says so and that no better evidence contradicts. With several, the one that Sentinel elected.
 * A single one that Sentinel does not watch counts only when the watched one is provably not a master any more.
 */
const confirmMaster = (situation: Omit<Situation, 'master'>): AnsweringRedis | undefined => {
  const { masters, voted, port } = situation;
  const elected = voted && masters.find((pod) => isAt(pod, voted, port));
  if (elected !== undefined) return elected;
  const [only, ...rest] = masters;
  if (only === undefined) return undefined;
  if (rest.length > 0)
    return mayDecideAlone(situation) ? bestOf(masters, situation.failover.status?.master) : undefined;
  const watched = voted && ownerOf(situation, voted);
  if (watched === undefined || watched.answer.kind === 'answer' || watched.answer.why === 'refused') return only;
  return situation.failoverRunning || seenDown(situation) ? only : undefined;
};

const mayDecideAlone = (situation: Omit<Situation, 'master'>): boolean =>
  !situation.failoverRunning && !sentinelsCanElect(situation);

const seenDown = (situation: Omit<Situation, 'master'>): boolean =>
  situation.watching.some((sentinel) => sentinel.answer.master.flags.includes('o_down'));

/**
 * The address Sentinel elected. The newest configuration epoch wins if a master answers there: the other Sentinels are
 * about to hear of it. Otherwise it is the address that a quorum watches.
 */
const votedAddress = (
  watching: readonly WatchingSentinel[],
  options: { readonly masters: readonly AnsweringRedis[]; readonly quorum: number; readonly port: number },
): Endpoint | undefined => {
  const views = watching.map(({ answer: { master } }) => ({
    endpoint: { host: master.ip, port: master.port },
    epoch: master.configEpoch,
  }));
  const newest = Math.max(...views.map((view) => view.epoch));
  const latest = views.filter((view) => view.epoch === newest).map((view) => view.endpoint);
  const serving = latest.find((endpoint) => options.masters.some((pod) => isAt(pod, endpoint, options.port)));
  const endpoints = views.map((view) => view.endpoint);
  const quorumAddress = endpoints.find(
    (one) => endpoints.filter((other) => sameEndpoint(one, other)).length >= options.quorum,
  );
  const newestIsUnanimous = latest.every((one) => serving !== undefined && sameEndpoint(one, serving));
  return newestIsUnanimous && newest > 0 ? (serving ?? quorumAddress) : quorumAddress;
};

/** Whether two addresses are the same. */
export const sameEndpoint = (one: Endpoint, other: Endpoint): boolean =>
  one.host === other.host && one.port === other.port;

const answers = (pod: RedisPod): pod is AnsweringRedis => pod.answer.kind === 'answer' && pod.ip !== undefined;
const sentinelAnswers = (pod: SentinelPod): pod is AnsweringSentinel =>
  pod.answer.kind === 'answer' && pod.ip !== undefined;
const watches = (pod: AnsweringSentinel): pod is WatchingSentinel => pod.answer.master !== undefined;
