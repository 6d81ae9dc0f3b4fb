import type { DefaultedFailover } from '../../api/defaults.ts';
import { masterServiceName } from '../../api/names.ts';
import type { KubeObject } from '../../ports.ts';
import { withAppliedHash } from '../objects/applied-hash.ts';
import { isRecord } from '../objects/json.ts';
import { masterService, POD_NAME_LABEL } from '../objects/services.ts';
import type { Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';
import { applyOne } from './apply-one.ts';

/**
 * Sends the clients of Service `rfrm-NAME` to the confirmed master. Two labels cannot move in one write, and kube-proxy takes
 * up a second change of the endpoints a second after the first, during which there would be no master; so the Service
 * names the pod until the labels have moved.
 */
export const routeMaster = (situation: Situation): Verdict => {
  const service = withAppliedHash(masterService(situation.failover, pinnedMaster(situation)));
  return applyOne(service, liveService(situation));
};

/** Whether an object is the Service that `routeMaster` writes. */
export const isMasterService = (failover: DefaultedFailover, object: KubeObject): boolean =>
  object.kind === 'Service' && object.metadata?.name === masterServiceName(failover.metadata.name);

/** The pod that the Service names; undefined when it goes by the labels. */
export const pinnedMaster = (situation: Situation): string | undefined => {
  const { master, redis } = situation;
  const pinned = pinOf(liveService(situation));
  if (master === undefined) return pinned;
  const moving = redis.some((pod) => pod.uid !== master.uid && pod.roleLabel === 'master');
  if (moving) return master.name;
  return pinned === undefined || isSettled(situation, master) ? undefined : master.name;
};

/** The pod that a Service names. */
export const pinOf = (service: unknown): string | undefined => {
  const spec = isRecord(service) ? service['spec'] : undefined;
  const selector = isRecord(spec) ? spec['selector'] : undefined;
  const pod = isRecord(selector) ? selector[POD_NAME_LABEL] : undefined;
  return typeof pod === 'string' ? pod : undefined;
};

/** The labels have long been seen by everybody: the Service may go by them again without sending anybody elsewhere. */
const isSettled = (
  { watching, answeringSentinels, failoverRunning }: Situation,
  master: { readonly ip: string; readonly roleLabel: string | undefined },
): boolean =>
  master.roleLabel === 'master' &&
  !failoverRunning &&
  watching.length === answeringSentinels.length &&
  watching.every((sentinel) => sentinel.answer.master.ip === master.ip);

const liveService = ({ failover, children }: Situation): KubeObject | undefined =>
  children.others.get(`Service/${masterServiceName(failover.metadata.name)}`);
