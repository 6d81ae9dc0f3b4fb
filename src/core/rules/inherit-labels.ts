import { podLabels } from '../labels.ts';
import type { PodFacts } from '../observation.ts';
import type { Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';
import { podTarget } from './targets.ts';

/**
 * Gives every pod the labels of the RedisFailover, by which policies, monitors and bills select, and takes away those that it
 * had from it and that are there no more. Labels of anybody else stay.
 */
export const inheritLabels = ({ failover, redis, sentinels }: Situation): Verdict => {
  const labels = podLabels(failover);
  const wrong = [...redis, ...sentinels].filter((pod) => !pod.deleting && !hasInherited(pod, labels));
  return {
    actions: wrong.map((pod) => ({
      kind: 'inherit-labels',
      target: podTarget(pod),
      labels,
      removed: pod.inherited.filter((key) => labels[key] === undefined),
      why: { reason: 'PodLabelled', message: `${pod.name} gets the labels of the RedisFailover` },
    })),
  };
};

const hasInherited = ({ labels, inherited }: PodFacts, wanted: Readonly<Record<string, string>>): boolean =>
  inherited.length === Object.keys(wanted).length &&
  Object.entries(wanted).every(([key, value]) => labels[key] === value && inherited.includes(key));
