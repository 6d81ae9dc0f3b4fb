/** Where the Sentinels of a roll find a place. */
import type { Situation } from '../situation.ts';

/** From this many Sentinels on, one that is away leaves a majority. */
const ENOUGH_SENTINELS = 3;

/**
 * Whether an old Sentinel has to go before the new one of a roll can start: the spec lets no two be on one node, and no node is
 * left for one more. With another reason to be without a place nothing is taken away for it, as the new template may be broken.
 */
export const waitsForPlace = ({ failover, sentinels }: Situation): boolean => {
  const { replicas, hostNetwork, affinity, topologySpreadConstraints = [] } = failover.spec.sentinel;
  const keepsApart =
    hostNetwork === true ||
    (affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0 ||
    topologySpreadConstraints.some(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
  const hasOneMore = replicas >= ENOUGH_SENTINELS && sentinels.filter(({ deleting }) => !deleting).length > replicas;
  return (
    keepsApart &&
    hasOneMore &&
    sentinels.some(({ container }) => container.kind === 'waiting' && container.reason === 'Unschedulable')
  );
};
