import type { Situation } from '../situation.ts';

/** When the failover lost its master, as its status says; now, while the status does not say so yet. */
export const lostAt = ({ failover, at }: Situation): number => {
  const condition = failover.status?.conditions?.find(({ type }) => type === 'MasterAvailable');
  return condition?.status === 'False' ? Date.parse(condition.lastTransitionTime) : at;
};
