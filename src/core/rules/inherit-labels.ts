import type { Component } from '../../api/names.ts';
import { fingerprint } from '../objects/applied-hash.ts';
import type { PodFacts } from '../observation.ts';
import type { Verdict } from '../plan.ts';
import { type Inheritance, inheritanceOf, type LabelChange, labelChange } from '../pod-labels.ts';
import type { Situation } from '../situation.ts';
import { podTarget } from './targets.ts';

/** Who undoes what was just written gets it again after this long, so that two who disagree do not write without end. */
const INSIST_AFTER_MS = 10_000;

/**
 * Gives pods the labels of the RedisFailover, for network policies, monitors and cost reports that select by them, and takes
 * those that it has no more. A pod need not run for that: a new one has them as soon as it is seen.
 */
export const inheritLabels = (situation: Situation): Verdict => {
  const wrong = [...wrongOf(situation, 'redis'), ...wrongOf(situation, 'sentinel')];
  const resting = wrong.filter(({ restMs: ms }) => ms > 0);
  return {
    actions: wrong
      .filter((one) => !resting.includes(one))
      .map(({ pod, change, inheritance }) => ({
        kind: 'inherit-labels',
        target: podTarget(pod),
        inheritance,
        why: { reason: 'LabelsInherited', message: `${pod.name}: ${words(change)}` },
      })),
    ...(resting.length > 0 && { recheckMs: Math.min(...resting.map(({ restMs: ms }) => ms)) }),
  };
};

const wrongOf = (situation: Situation, component: Component) => {
  const { failover, children, redis, sentinels } = situation;
  const inheritance = inheritanceOf(failover, { children, component });
  const pods: readonly PodFacts[] = component === 'redis' ? redis : sentinels;
  return pods.flatMap((pod) => {
    const change = labelChange(pod.labelling, inheritance);
    return change === undefined ? [] : [{ pod, change, inheritance, restMs: restMs(situation, pod, inheritance) }];
  });
};

/** How long to leave a pod alone that was given the same before and does not have it; 0 or less of any other. */
const restMs = ({ labelsGiven, at }: Situation, { uid }: PodFacts, inheritance: Inheritance): number => {
  const given = labelsGiven.get(uid);
  return given?.asked === fingerprint(inheritance.labels) ? given.at + INSIST_AFTER_MS - at : 0;
};

const words = ({ labels, inherited }: LabelChange): string => {
  const keys = Object.keys(labels);
  return keys.length > 0
    ? `labels ${keys.sort().join(', ')}`
    : `its labels ${inherited.join(', ')} are the RedisFailover's`;
};
