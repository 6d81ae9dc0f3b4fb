import { PAUSE_ANNOTATION } from '../../api/names.ts';
import type { Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';
import { stalePods } from './revision.ts';

/** Whether the user holds rolling updates. A value that means nothing holds them, too: that is the side that loses nothing. */
export const isPaused = (situation: Pick<Situation, 'failover'>): boolean =>
  !['false', undefined].includes(valueOf(situation));

/** A roll that is under way and held, as a sentence that says how to go on; undefined when none is. */
export const pausedRoll = (situation: Situation): string | undefined => {
  const left = stalePods(situation).length;
  if (left === 0 || !isPaused(situation)) return undefined;
  const pods = `${left} of ${situation.redis.length} Redis pods are left`;
  return `the rolling update is paused, ${pods}; remove the annotation ${PAUSE_ANNOTATION} to continue`;
};

/** Names a value of the annotation that is neither "true" nor "false". It acts on nothing. */
export const reportPause = (situation: Situation): Verdict => {
  const value = valueOf(situation);
  if (['true', 'false', undefined].includes(value)) return {};
  const message = `metadata.annotations["${PAUSE_ANNOTATION}"] is neither "true" nor "false"; rolling updates are held`;
  return { problems: [{ reason: 'InvalidAnnotation', message }] };
};

const valueOf = ({ failover }: Pick<Situation, 'failover'>): string | undefined =>
  failover.metadata.annotations?.[PAUSE_ANNOTATION];
