/** What pods of both components have in common. */
import type { Affinity, Container, PodSpec, Probe, SecurityContext } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { type Component, memberLabels } from '../../api/names.ts';

/** The user and group that all containers run as and that `/data` belongs to: spotahome's, so that its volumes stay readable. */
const USER_ID = 1000;

type Probes = Readonly<Record<'startupProbe' | 'readinessProbe' | 'livenessProbe', Probe>>;

/** Where pods go and what they may not do: the restricted Pod Security level. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const podDefaults = (failover: DefaultedFailover, component: Component): Omit<PodSpec, 'containers'> => {
  const spec = failover.spec[component];
  const { affinity, tolerations, nodeSelector, serviceAccountName } = spec;
  const dnsPolicy = spec.dnsPolicy ?? (spec.hostNetwork === true ? 'ClusterFirstWithHostNet' : undefined);
  return {
    affinity: affinity ?? spreadOverNodes(failover.metadata.name, component),
    tolerations: [...(tolerations ?? [])],
    nodeSelector: { ...nodeSelector },
    ...(serviceAccountName ? serviceAccount(serviceAccountName) : { automountServiceAccountToken: false }),
    ...(spec.imagePullSecrets && { imagePullSecrets: [...spec.imagePullSecrets] }),
    ...(spec.topologySpreadConstraints && { topologySpreadConstraints: [...spec.topologySpreadConstraints] }),
    ...(spec.priorityClassName && { priorityClassName: spec.priorityClassName }),
    ...(spec.hostNetwork === true && { hostNetwork: true }),
    ...(dnsPolicy && { dnsPolicy }),
    enableServiceLinks: false,
    securityContext: spec.securityContext ?? {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
};

/**
 * Under its old name as well: the API server fills that in, and an old name that nobody owns stays when the new one is taken
 * out, and fills that in again. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec
 */
const serviceAccount = (name: string): Pick<PodSpec, 'serviceAccountName' | 'serviceAccount'> => ({
  serviceAccountName: name,
  serviceAccount: name,
});

/** Image, resources and rights of a component's own containers. */
export const containerDefaults = (
  failover: DefaultedFailover,
  component: Component,
): Pick<Container, 'image' | 'imagePullPolicy' | 'resources' | 'securityContext'> => {
  const { image, imagePullPolicy, resources, containerSecurityContext } = failover.spec[component];
  return {
    image,
    imagePullPolicy,
    resources: resources ?? {},
    securityContext: containerSecurityContext ?? restrictedRights(),
  };
};

/** What a container may do unless the user says otherwise. */
export const restrictedRights = (): SecurityContext => ({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: USER_ID,
  runAsGroup: USER_ID,
});

/** The user's probes instead of ours. */
export const probes = (own: Probes, { spec }: DefaultedFailover, component: Component): Probes => {
  const { customLivenessProbe, customReadinessProbe, customStartupProbe } = spec[component];
  return {
    startupProbe: customStartupProbe ?? own.startupProbe,
    readinessProbe: customReadinessProbe ?? own.readinessProbe,
    livenessProbe: customLivenessProbe ?? own.livenessProbe,
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
