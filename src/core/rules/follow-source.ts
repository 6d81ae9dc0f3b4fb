import { MAX_PORT } from '../../api/bootstrap-schema.ts';
import type { Endpoint } from '../../ports.ts';
import { addressOf, followsSource, hasSourceData, isSourceTold } from '../bootstrap.ts';
import { divergenceOf } from '../divergence.ts';
import { isRelated } from '../elect.ts';
import type { Action, Problem, Verdict } from '../plan.ts';
import { type AnsweringRedis, isAt, isUnassigned, ordinalOf, type Situation } from '../situation.ts';
import { volumesOf } from '../volumes.ts';
import { podTarget, redisTarget } from './targets.ts';

/** Nothing tells that a link to the source came up or broke; it is looked for this often. */
const CONNECTING_MS = 1_000;
const FOLLOWING_MS = 5_000;
/** A link that is down for less is about to come up. */
const LINK_GRACE_SECONDS = 10;

/**
 * Makes every pod, each on its own, a replica of the source that `spec.bootstrapNode` names, and reports what keeps one from
 * it. A pod that holds data of its own is left alone. A field that came when there already was a master is ignored.
 */
export const followSource = (situation: Situation): Verdict => {
  const { source } = situation;
  if (source === undefined) return { problems: ignored(situation) };
  const invalid = whatIsInvalid(source);
  if (invalid !== undefined) return { problems: [invalid], waitingFor: 'a source that can be followed' };
  if (!isSourceTold(situation, source)) return { waitingFor: `the status to name the source ${addressOf(source)}` };
  const pods = situation.answering.filter((pod) => !pod.deleting && !pod.answer.loading);
  const own = pods.filter((pod) => holdsOwnData(pod, { situation, source }));
  const free = pods.filter((pod) => !own.includes(pod));
  const isConnecting = free.some((pod) => isAboutToFollow(pod, { situation, source }));
  return {
    actions: free.flatMap((pod) => stepsOf(pod, { situation, source })),
    problems: [
      ...missingSecret(situation),
      ...own.map((pod) => atRisk(pod, source)),
      ...free.flatMap((pod) => unreachable(pod, { situation, source }) ?? []),
    ],
    recheckMs: isConnecting ? CONNECTING_MS : FOLLOWING_MS,
  };
};

type Following = { readonly situation: Situation; readonly source: Endpoint };

/** The login first; without one that is known it would only be refused. */
const stepsOf = (pod: AnsweringRedis, { situation, source }: Following): readonly Action[] => {
  if (situation.sourceLogin.kind === 'missing') return [];
  const address = addressOf(source);
  const login = { reason: 'ReplicaConnected', message: `${pod.name} logs in to the source ${address}` } as const;
  const why = { reason: 'ReplicaConnected', message: `${pod.name} follows the source ${address}` } as const;
  return [
    ...(pod.answer.upstreamLogin === 'wrong' ? [{ kind: 'log-in', target: podTarget(pod), why: login } as const] : []),
    ...(followsSource(pod, source)
      ? []
      : [{ kind: 'replicate', target: redisTarget(pod), master: source, why } as const]),
  ];
};

/**
 * Whether a pod holds what is not of the source: as a master that was written to, as a replica of such a one, or on a volume
 * that is older than the failover. No pod starts as a master, so somebody made it one.
 */
const holdsOwnData = (pod: AnsweringRedis, { situation, source }: Following): boolean => {
  if (pod.answer.keys === 0 || followsSource(pod, source)) return false;
  if (pod.answer.role === 'master') return isDivergent(pod, { situation, source });
  const { masterHost = '', masterPort = 0 } = pod.answer;
  const followed = situation.answering.find((one) => isAt(one, { host: masterHost, port: masterPort }, situation.port));
  if (followed !== undefined) return followed.answer.role === 'master' && holdsOwnData(followed, { situation, source });
  return isUnassigned(pod) && isFromBefore(pod, { situation, source });
};

/** Not one that only stopped to follow: it has what the others have, and nothing more. */
const isDivergent = (pod: AnsweringRedis, { situation, source }: Following): boolean =>
  !followersOf({ situation, source }).some((one) => isRelated(pod.answer, one.answer) && !divergenceOf(pod, one));

const isFromBefore = (pod: AnsweringRedis, { situation, source }: Following): boolean => {
  const { failover } = situation;
  if (failover.status?.bootstrap?.since !== undefined) return false;
  const volume = volumesOf(situation).find(({ ordinal }) => ordinal === ordinalOf(pod));
  const madeAt = Date.parse(volume?.claim.metadata?.creationTimestamp ?? '');
  const isOlder = madeAt < Date.parse(failover.metadata.creationTimestamp ?? '');
  return isOlder && !followersOf({ situation, source }).some((one) => isRelated(pod.answer, one.answer));
};

const followersOf = ({ situation, source }: Following): readonly AnsweringRedis[] =>
  situation.answering.filter((pod) => followsSource(pod, source) && pod.answer.keys > 0);

const atRisk = ({ name }: AnsweringRedis, source: Endpoint): Problem => ({
  reason: 'DataAtRisk',
  message:
    `${name} holds data of its own and was not told to follow the source ${addressOf(source)}. To give its data up:` +
    ` REPLICAOF ${source.host} ${source.port} on it; to keep it and have the other pods copy it, remove spec.bootstrapNode`,
});

/** Something soon happens to it that nobody tells. */
const isAboutToFollow = (pod: AnsweringRedis, { situation, source }: Following): boolean =>
  situation.sourceLogin.kind !== 'missing' &&
  !hasSourceData(pod, source) &&
  unreachable(pod, { situation, source }) === undefined;

const unreachable = (pod: AnsweringRedis, { situation, source }: Following): Problem | undefined => {
  const { linkUp, syncing, linkDownSeconds } = pod.answer;
  if (!followsSource(pod, source) || linkUp || syncing) return undefined;
  const startedAt = pod.container.kind === 'running' ? pod.container.startedAt : situation.at;
  const seconds = linkDownSeconds ?? (situation.at - startedAt) / 1000;
  if (seconds < LINK_GRACE_SECONDS) return undefined;
  const message = `${pod.name} has no connection to the source ${addressOf(source)}: its link is down`;
  return { reason: 'SourceUnreachable', message };
};

const missingSecret = ({ sourceLogin, failover }: Situation): readonly Problem[] =>
  sourceLogin.kind === 'missing' && failover.spec.bootstrapNode?.secretPath !== undefined
    ? [{ reason: 'SecretMissing', message: `spec.bootstrapNode.secretPath: ${sourceLogin.message}` }]
    : [];

/** An object that spotahome's CRD took may name anything. */
const whatIsInvalid = ({ host, port }: Endpoint): Problem | undefined => {
  const fields = [...(host === '' ? ['host'] : []), ...(port >= 1 && port <= MAX_PORT ? [] : ['port'])];
  if (fields.length === 0) return undefined;
  const message = fields.map((field) => `spec.bootstrapNode.${field} is none that can be followed`).join('; ');
  return { reason: 'SourceInvalid', message };
};

const ignored = ({ failover }: Situation): readonly Problem[] => {
  const { spec, status } = failover;
  if (spec.bootstrapNode === undefined) return [];
  const message = `spec.bootstrapNode is ignored: this RedisFailover has a master (${status?.master?.pod}), whose data would be lost`;
  return [{ reason: 'SourceIgnored', message }];
};
