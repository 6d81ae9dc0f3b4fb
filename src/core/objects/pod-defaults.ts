/** What pods of both components have in common. */
import type { Affinity, Container, PodSpec } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { type Component, memberLabels } from '../../api/names.ts';

/** The user and group that all containers run as and that `/data` belongs to: spotahome's, so that its volumes stay readable. */
const USER_ID = 1000;

/** Where pods go and what they may not do: the restricted Pod Security level. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const podDefaults = (failover: DefaultedFailover, component: Component): Omit<PodSpec, 'containers'> => {
  const { affinity, tolerations, nodeSelector } = failover.spec[component];
  return {
    affinity: affinity ?? spreadOverNodes(failover.metadata.name, component),
    tolerations: [...(tolerations ?? [])],
    nodeSelector: { ...nodeSelector },
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
};

/** Image, resources and rights of a component's own containers. */
export const containerDefaults = (
  failover: DefaultedFailover,
  component: Component,
): Pick<Container, 'image' | 'imagePullPolicy' | 'resources' | 'securityContext'> => {
  const { image, imagePullPolicy, resources } = failover.spec[component];
  return {
    image,
    imagePullPolicy,
    resources: resources ?? {},
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
    },
  };
};

/** Only a wish: a cluster with fewer nodes than pods still runs them all. By stable labels alone, so that the master counts too. */
const spreadOverNodes = (name: string, component: Component): Affinity => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          topologyKey: 'kubernetes.io/hostname',
          labelSelector: { matchLabels: memberLabels(name, component) },
        },
      },
    ],
  },
});
