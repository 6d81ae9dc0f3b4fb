/** The images of a failover that counts on defaults: what it has stays, whatever later releases have. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { DefaultImages } from '../api/defaults.ts';
import { defaultImageOf } from '../core/objects/kept-template.ts';
import type { Children } from '../core/observation.ts';
import type { Memory } from './context.ts';

/** As the workloads say. While the StatefulSet is being replaced, what it said last, or else what its pods run. */
export const defaultImages = (
  { statefulSet, deployment }: Pick<Children, 'statefulSet' | 'deployment'>,
  pods: readonly Pod[],
  memory: Pick<Memory, 'redisImage'>,
): Partial<DefaultImages> => {
  memory.redisImage = defaultImageOf(statefulSet, 'redis').redis ?? memory.redisImage ?? imageOf(pods);
  return {
    ...(memory.redisImage !== undefined && { redis: memory.redisImage }),
    ...defaultImageOf(deployment, 'sentinel'),
  };
};

const imageOf = (pods: readonly Pod[]): string | undefined => {
  const containers = pods.flatMap(({ spec }) => spec?.containers ?? []);
  return containers.find(({ name }) => name === 'redis')?.image;
};
