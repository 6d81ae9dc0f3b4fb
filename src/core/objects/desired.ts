/** Every child object a RedisFailover asks for, and those it does not ask for any more. */
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { redisName, sentinelName } from '../../api/names.ts';
import type { KubeObject } from '../../ports.ts';
import { withAppliedHash } from './applied-hash.ts';
import { sentinelDeployment } from './deployment.ts';
import { redisBudget, sentinelBudget } from './disruption-budgets.ts';
import { type InternalCredentials, internalSecret } from './internal-secret.ts';
import { loginSecret } from './login-secret.ts';
import { redisConfigMap } from './redis-config.ts';
import { redisProbeConfigMap } from './redis-probes.ts';
import { sentinelConfigMap } from './sentinel-config.ts';
import { type SentinelCredentials, sentinelSecret } from './sentinel-secret.ts';
import { headlessService, masterService, replicasService, sentinelService } from './services.ts';
import { shutdownConfigMap } from './shutdown-script.ts';
import { redisStatefulSet, type Surge } from './stateful-set.ts';

export type DesiredInput = {
  readonly failover: DefaultedFailover;
  /** Pods to ask the StatefulSet for; it lags behind the spec while a scale-down waits, and is ahead of it during a surge. */
  readonly redisReplicas: number;
  /** Pod that Service `rfrm-NAME` selects by name while the role labels move. */
  readonly pinnedMaster?: string | undefined;
  /** Undefined without a roll that needs one Redis more. */
  readonly surge?: Surge | undefined;
  /** Undefined without authentication, and while the user's Secret is missing: then the rendered one stays as it is. */
  readonly login?: { readonly password: string };
  /** Undefined without internal credentials, and until the Secret with their random password was made. */
  readonly internal?: InternalCredentials;
  /** Undefined while Sentinels ask for no password, and until both that of clients and our own are known. */
  readonly sentinelLogin?: SentinelCredentials | undefined;
  /** Whether Redis pods get the internal credentials. */
  readonly mountsInternal?: boolean;
  /** Whether a roll of the Sentinels stops an old one before it starts the new one. */
  readonly sentinelsInPlace?: boolean;
  /** What there is already of what pods are made from. */
  readonly liveStatefulSet?: StatefulSet;
  readonly liveDeployment?: Deployment;
  /** Parameters that some Redis may have from customConfig, which the config map of Redis remembers. */
  readonly customized?: readonly string[];
  /** What pods on another operator's template start from, beside ours in the config map of Redis. */
  readonly foreignConfig?: Readonly<Record<string, string>>;
};

/** The child objects in the order they are applied: what a pod mounts comes before the pod. */
export const desiredObjects = (input: DesiredInput): readonly KubeObject[] => {
  const { failover, login, internal } = input;
  const ofSentinel = failover.spec.sentinel.enabled || undefined;
  const objects: readonly (KubeObject | undefined)[] = [
    redisConfigMap(failover, input),
    shutdownConfigMap(failover),
    redisProbeConfigMap(failover),
    ofSentinel && sentinelConfigMap(failover),
    login && loginSecret(failover, login),
    internal && internalSecret(failover, internal),
    ofSentinel && input.sentinelLogin && sentinelSecret(failover, input.sentinelLogin),
    headlessService(failover),
    masterService(failover, input.pinnedMaster),
    replicasService(failover),
    ofSentinel && sentinelService(failover),
    redisBudget(input),
    ofSentinel && sentinelBudget(failover),
    redisStatefulSet(failover, input),
    ofSentinel && sentinelDeployment(failover, input),
  ];
  return objects.filter((object) => object !== undefined).map(withAppliedHash);
};

/** Objects of ours, as `Kind/name`, that may be left from an earlier spec and must go. */
export const undesiredNames = (input: Pick<DesiredInput, 'failover' | 'redisReplicas'>): readonly string[] => {
  const { failover } = input;
  const { name } = failover.metadata;
  return [
    ...(failover.spec.auth?.secretPath ? [] : [`Secret/${redisName(name)}`]),
    ...(redisBudget(input) ? [] : [`PodDisruptionBudget/${redisName(name)}`]),
    ...(failover.spec.sentinel.enabled
      ? []
      : ['Deployment', 'Service', 'ConfigMap'].map((kind) => `${kind}/${sentinelName(name)}`)),
    ...(sentinelBudget(failover) ? [] : [`PodDisruptionBudget/${sentinelName(name)}`]),
  ];
};
