/** What the spec says of pods and containers beyond Redis itself, with spotahome's names. */
import type {
  Container,
  EnvVar,
  LocalObjectReference,
  PodSecurityContext,
  Probe,
  ResourceRequirements,
  SecurityContext,
  TopologySpreadConstraint,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1.js';

export type DnsPolicy = 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None';
type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/** Settings that Redis and Sentinel pods share. */
export type PodSettings = {
  /** Replaces how the process is started. */
  readonly command?: readonly string[];
  /** Names a config map whose key `startup.sh` must succeed before the pod counts as started. */
  readonly startupConfigMap?: string;
  readonly initContainers?: readonly Container[];
  readonly extraContainers?: readonly Container[];
  readonly extraVolumes?: readonly Volume[];
  /** Of the container that runs Redis or Sentinel. */
  readonly extraVolumeMounts?: readonly VolumeMount[];
  readonly exporter?: ExporterSpec;
  /** Replaces the default altogether. */
  readonly securityContext?: PodSecurityContext;
  /** Replaces the default altogether. */
  readonly containerSecurityContext?: SecurityContext;
  readonly imagePullSecrets?: readonly LocalObjectReference[];
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly serviceAnnotations?: Readonly<Record<string, string>>;
  readonly hostNetwork?: boolean;
  readonly dnsPolicy?: DnsPolicy;
  readonly priorityClassName?: string;
  readonly serviceAccountName?: string;
  readonly customLivenessProbe?: Probe;
  readonly customReadinessProbe?: Probe;
  readonly customStartupProbe?: Probe;
  readonly disablePodDisruptionBudget?: boolean;
};

/** Settings of Redis pods alone. */
export type RedisPodSettings = {
  /** Names a config map whose key `shutdown.sh` runs before Redis is stopped. */
  readonly shutdownConfigMap?: string;
  readonly customCommandRenames?: readonly CommandRename[];
  /** Seconds; 0 means the default. */
  readonly terminationGracePeriod?: number;
};

/** Settings of Sentinel pods alone. */
export type SentinelPodSettings = {
  readonly configCopy?: { readonly containerSecurityContext?: SecurityContext };
};

/** `to` empty switches the command off. */
export type CommandRename = { readonly from: string; readonly to?: string };

/** A sidecar that serves metrics to Prometheus. */
export type ExporterSpec = {
  readonly enabled?: boolean;
  readonly image?: string;
  readonly imagePullPolicy?: PullPolicy;
  readonly containerSecurityContext?: SecurityContext;
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly resources?: ResourceRequirements;
};
