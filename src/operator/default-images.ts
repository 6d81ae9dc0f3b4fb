/** What a failover that counts on defaults has already: it stays, whatever later releases have. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { Existing } from '../api/defaults.ts';
import { PREDECESSORS_PART_OF } from '../api/names.ts';
import { defaultImageOf } from '../core/objects/kept-template.ts';
import type { Children } from '../core/observation.ts';
import type { Memory } from './context.ts';

/** As the workloads say. While the StatefulSet is being replaced, what it said last, or else what its pods run. */
export const existing = (
  { statefulSet, deployment }: Pick<Children, 'statefulSet' | 'deployment'>,
  pods: readonly Pod[],
  memory: Pick<Memory, 'redisImage'>,
): Existing => {
  memory.redisImage = defaultImageOf(statefulSet, 'redis').redis ?? memory.redisImage ?? imageOf(pods);
  return {
    ...(memory.redisImage !== undefined && { redis: memory.redisImage }),
    ...defaultImageOf(deployment, 'sentinel'),
    ...(isPredecessors(deployment) && { predecessorsSentinels: true }),
  };
};

/** Its selector cannot be changed, so it tells for as long as the Deployment is there. */
const isPredecessors = (deployment: Children['deployment']): boolean =>
  deployment?.spec?.selector.matchLabels?.['app.kubernetes.io/part-of'] === PREDECESSORS_PART_OF;

const imageOf = (pods: readonly Pod[]): string | undefined => {
  const containers = pods.flatMap(({ spec }) => spec?.containers ?? []);
  return containers.find(({ name }) => name === 'redis')?.image;
};
