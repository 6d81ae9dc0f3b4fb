import { parseConfigLine } from '../../api/config-lines.ts';
import type { Situation } from '../situation.ts';

/** What Redis has when nobody says otherwise. */
const DEFAULT_PRIORITY = 100;
const PRIORITY_NAMES = new Set(['replica-priority', 'slave-priority']);

/** The replica-priority that customConfig gives every Redis; lower is elected rather, 0 never. NaN when it is no number. */
export const askedPriority = ({ failover }: Situation): number => {
  const lines = failover.spec.redis.customConfig.map(parseConfigLine);
  const line = lines.findLast(({ parameter }) => PRIORITY_NAMES.has(parameter));
  return line === undefined ? DEFAULT_PRIORITY : Number(line.value);
};
