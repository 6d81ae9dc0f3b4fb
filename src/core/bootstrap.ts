/**
 * `spec.bootstrapNode`: all pods follow a Redis outside, the source, and there is no master. When the field is removed the
 * failover leaves the source: the best pod is promoted, and the others follow it. `status.bootstrap` names the source before a
 * pod is told to follow it, and until the last one has left it, so that a crash at any point leaves no pod behind.
 */
import { type DefaultedFailover, isBootstrapping } from '../api/defaults.ts';
import type { Endpoint } from '../ports.ts';
import type { AnsweringRedis, Situation } from './situation.ts';

/** The source that all pods are to follow now. */
export const sourceOf = (failover: DefaultedFailover): Endpoint | undefined => {
  const { bootstrapNode } = failover.spec;
  if (bootstrapNode === undefined || !isBootstrapping(failover)) return undefined;
  return { host: bootstrapNode.host, port: bootstrapNode.port };
};

/** `host:port`, as users read it. */
export const addressOf = ({ host, port }: Endpoint): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Whether a pod is configured to follow the source, however far it is. */
export const followsSource = ({ answer }: AnsweringRedis, { host, port }: Endpoint): boolean =>
  answer.role === 'replica' && answer.masterHost === host && answer.masterPort === port;

/** Whether a pod follows the source and has received its whole data set. */
export const hasSourceData = (pod: AnsweringRedis, source: Endpoint): boolean =>
  followsSource(pod, source) && pod.answer.linkUp && !pod.answer.syncing && !pod.answer.loading;

/** Whether the source is followed no more, and some pod may not have left it yet. */
export const isLeavingSource = ({ source, failover }: Pick<Situation, 'source' | 'failover'>): boolean =>
  source === undefined && failover.status?.bootstrap !== undefined;

/** The same, while no pod was ever confirmed as master: the promotion is still to come. */
export const awaitsPromotion = (situation: Pick<Situation, 'source' | 'failover'>): boolean =>
  isLeavingSource(situation) && situation.failover.status?.master === undefined;

/** Whether the status names the source, so that pods may be told to follow it. */
export const isSourceTold = ({ failover }: Pick<Situation, 'failover'>, source: Endpoint): boolean =>
  failover.status?.bootstrap?.source === addressOf(source);
