/** RedisFailovers for tests of the builders, and ways to look at what is built. */
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import { type DefaultedFailover, withDefaults } from '../../api/defaults.ts';
import type { RedisFailoverSpec } from '../../api/types.ts';
import type { KubeObject } from '../../ports.ts';
import { type DesiredInput, desiredObjects } from './desired.ts';
import { isRecord } from './json.ts';
import { TEMPLATE_ANNOTATION, TEMPLATE_VERSION } from './kept-template.ts';

/** The failover `space/test`. */
export const failover = (
  spec: RedisFailoverSpec = {},
  labels: Readonly<Record<string, string>> = {},
): DefaultedFailover =>
  withDefaults({ metadata: { name: 'test', namespace: 'space', uid: 'failover-uid', labels: { ...labels } }, spec });

export type Options = Partial<DesiredInput> & { readonly spec?: RedisFailoverSpec };

/** The objects for a spec: three Redis replicas, no login and no live StatefulSet unless said otherwise. */
export const build = ({ spec, ...input }: Options = {}): readonly KubeObject[] =>
  desiredObjects({ failover: failover(spec), redisReplicas: 3, ...input });

/** A StatefulSet that this operator made, with these claim templates. */
export const madeStatefulSet = (claims: readonly PersistentVolumeClaim[]): StatefulSet => ({
  metadata: { annotations: { [TEMPLATE_ANNOTATION]: `${TEMPLATE_VERSION.redis}:0123456789abcdef` } },
  spec: { serviceName: 'rfr-test', selector: {}, template: {}, volumeClaimTemplates: [...claims] },
});

/** `Kind/name`. */
export const keyOf = (object: KubeObject): string => `${object.kind}/${object.metadata?.name}`;

/** The value at a place such as `StatefulSet/rfr-test spec.template.spec.containers.0.image`; no part may have a dot. */
export const at = (objects: readonly KubeObject[], place: string): unknown => {
  const [key, path = ''] = place.split(' ');
  return path.split('.').reduce<unknown>(
    memberOf,
    objects.find((object) => keyOf(object) === key),
  );
};

const memberOf = (value: unknown, part: string): unknown =>
  Array.isArray(value) || isRecord(value) ? Object.entries(value).find(([name]) => name === part)?.[1] : undefined;
