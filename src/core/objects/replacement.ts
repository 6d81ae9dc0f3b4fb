import type { KubeObject } from '../../ports.ts';

/**
 * What to PUT in place of `live` when server-side apply of `desired` is refused as invalid (422). It is after edits that
 * apply cannot take back, because their fields belong to somebody else and contradict ours: a renamed port, another source
 * of a volume. Labels, annotations and finalizers of others stay; the PUT is refused (409) when `live` is out of date.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
 */
export const replacement = (desired: KubeObject, live: KubeObject): KubeObject => ({
  ...desired,
  metadata: {
    ...live.metadata,
    ...desired.metadata,
    labels: { ...live.metadata?.labels, ...desired.metadata?.labels },
    annotations: { ...live.metadata?.annotations, ...desired.metadata?.annotations },
  },
});
