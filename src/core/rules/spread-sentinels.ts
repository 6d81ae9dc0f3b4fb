import { isForeign } from '../objects/kept-template.ts';
import type { SentinelPod } from '../observation.ts';
import type { Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';
import { hasGhosts, isComplete, settled } from './forget-ghosts.ts';
import { podTarget } from './targets.ts';

/**
 * Moves a Sentinel away from a node whose loss would take the majority with it. After a node was away, its Sentinel has been
 * replaced on another one, and Kubernetes never moves it back. It goes where a Redis of this failover became ready since:
 * that node was not to be had when the youngest Sentinel was placed. If its successor lands where it was, that one is younger,
 * and nothing moves again. With an affinity of the user's own the placement is the user's; and pods that another operator
 * made stay where they are until the spec changes. Of one or two Sentinels each is needed for the majority, wherever they are.
 */
export const spreadSentinels = (situation: Situation): Verdict => {
  const { sentinels, redis, watching, failover, quorum, source, children } = situation;
  if (source !== undefined || sentinels.length - 1 < quorum) return {};
  if (failover.spec.sentinel.affinity !== undefined || sentinels.length !== failover.spec.sentinel.replicas) return {};
  if (children.deployment !== undefined && isForeign(children.deployment)) return {};
  const crowded = sentinels.filter((pod) => sentinels.length - onNode(sentinels, pod.node) < quorum);
  const free = redis.filter((pod) => pod.ready && pod.node !== undefined && onNode(sentinels, pod.node) === 0);
  const [youngest] = crowded.toSorted((one, other) => other.createdAt - one.createdAt);
  if (youngest === undefined || !free.some((place) => (place.readySince ?? 0) > youngest.createdAt)) return {};
  const complete = watching.every((one) => isComplete(situation, one) && !hasGhosts(situation, one));
  if (watching.length < sentinels.length || !settled(situation) || !complete)
    return { waitingFor: 'everything to be healthy before a Sentinel moves to another node' };
  const message = `${youngest.name} leaves ${youngest.node}, whose loss would take the majority of the Sentinels`;
  return { actions: [{ kind: 'delete-pod', target: podTarget(youngest), why: { reason: 'SentinelMoved', message } }] };
};

const onNode = (sentinels: readonly SentinelPod[], node: string | undefined): number =>
  sentinels.filter((pod) => pod.node === node).length;
