import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { Container, PodTemplateSpec, Toleration, Volume } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { componentLabels, SENTINEL_PORT, selectorLabels, sentinelName } from '../../api/names.ts';
import { exporter } from './exporter.ts';
import { withRightTemplate } from './kept-template.ts';
import { childMetadata } from './metadata.ts';
import { containerDefaults, podDefaults, probes, restrictedRights } from './pod-defaults.ts';
import { SERVER } from './scripts.ts';
import {
  SENTINEL_CONFIG_KEY,
  SENTINEL_PROBE_DIRECTORY,
  SENTINEL_STARTUP_DIRECTORY,
  sentinelProbes,
} from './sentinel-config.ts';
import { asksClients, SENTINEL_LOGIN_FILE, sentinelLoginMount, sentinelLoginVolume } from './sentinel-secret.ts';

const CONFIG_VOLUME = 'sentinel-config';
const SCRIPT_MODE = 0o744;
const WRITABLE_VOLUME = 'sentinel-config-writable';

/**
 * Deployment `rfs-NAME`. A roll starts the new Sentinel before it stops an old one, so that all of them are there at any time,
 * unless the new one has a place only where an old one is.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
 */
export const sentinelDeployment = (
  failover: DefaultedFailover,
  {
    liveDeployment,
    sentinelsInPlace = false,
  }: { readonly liveDeployment?: Deployment; readonly sentinelsInPlace?: boolean } = {},
): Deployment =>
  withRightTemplate(newDeployment(failover, sentinelsInPlace), liveDeployment, { failover, component: 'sentinel' });

const ONE_MORE = { maxSurge: 1, maxUnavailable: 0 };
const ONE_LESS = { maxSurge: 0, maxUnavailable: 1 };

const newDeployment = (failover: DefaultedFailover, inPlace: boolean): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: childMetadata(failover, { name: sentinelName(failover.metadata.name), component: 'sentinel' }),
  spec: {
    replicas: failover.spec.sentinel.replicas,
    strategy: { type: 'RollingUpdate', rollingUpdate: inPlace ? ONE_LESS : ONE_MORE },
    selector: { matchLabels: selectorLabels(failover.metadata.name, 'sentinel') },
    template: podTemplate(failover),
  },
});

const podTemplate = (failover: DefaultedFailover): PodTemplateSpec => ({
  metadata: {
    labels: componentLabels(failover.metadata.name, 'sentinel'),
    ...(failover.spec.sentinel.podAnnotations && { annotations: { ...failover.spec.sentinel.podAnnotations } }),
  },
  spec: {
    ...podDefaults(failover, 'sentinel'),
    tolerations: tolerations(failover),
    initContainers: [configCopy(failover), ...(failover.spec.sentinel.initContainers ?? [])],
    containers: [
      sentinelContainer(failover),
      ...exporter(failover, 'sentinel'),
      ...(failover.spec.sentinel.extraContainers ?? []),
    ],
    volumes: [
      { name: CONFIG_VOLUME, configMap: { name: sentinelName(failover.metadata.name) } },
      { name: WRITABLE_VOLUME, emptyDir: {} },
      ...sentinelLoginVolume(failover),
      ...startupVolume(failover),
      ...(failover.spec.sentinel.extraVolumes ?? []),
    ],
  },
});

/** Seconds after which the Sentinels of a lost node are replaced elsewhere; Kubernetes would wait five minutes. */
const LOST_NODE_SECONDS = 30;
const LOST_NODE_TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/**
 * A Sentinel holds no data, and while a majority is away nothing can be elected, so it does not wait long for its node. What
 * the user says of these taints counts instead.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
 */
const tolerations = ({ spec }: DefaultedFailover): Toleration[] => {
  const asked = spec.sentinel.tolerations ?? [];
  const unmentioned = LOST_NODE_TAINTS.filter((key) => !asked.some((one) => one.key === key || one.key === undefined));
  return [
    ...asked,
    ...unmentioned.map(
      (key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: LOST_NODE_SECONDS }),
    ),
  ];
};

/**
 * Sentinel keeps its state in its config file, so the file is copied once to where it can be written, and never over that
 * state. With the resources of Sentinel itself, the copy reserves nothing and is not throttled for seconds.
 */
const configCopy = (failover: DefaultedFailover): Container => ({
  name: 'sentinel-config-copy',
  ...containerDefaults(failover, 'sentinel'),
  securityContext: failover.spec.sentinel.configCopy?.containerSecurityContext ?? restrictedRights(),
  command: ['/bin/sh', '-c', `[ -s ${COPY} ] || ${asksClients(failover) ? COPY_WITH_LOGIN : `cp ${ORIGINAL} ${COPY}`}`],
  volumeMounts: [
    { name: CONFIG_VOLUME, mountPath: '/redis' },
    { name: WRITABLE_VOLUME, mountPath: '/redis-writable' },
    ...sentinelLoginMount(failover),
  ],
});

const ORIGINAL = `/redis/${SENTINEL_CONFIG_KEY}`;
const COPY = `/redis-writable/${SENTINEL_CONFIG_KEY}`;
/** It is there whole or not at all, so that no Sentinel can start without its users. */
const COPY_WITH_LOGIN = `{ cat ${ORIGINAL} ${SENTINEL_LOGIN_FILE} >${COPY}.new && mv ${COPY}.new ${COPY}; }`;

const startupVolume = ({ spec }: DefaultedFailover): readonly Volume[] =>
  spec.sentinel.startupConfigMap
    ? [
        {
          name: 'sentinel-startup-config',
          configMap: { name: spec.sentinel.startupConfigMap, defaultMode: SCRIPT_MODE },
        },
      ]
    : [];

const START_SENTINEL = ['/bin/sh', '-c', `exec ${SERVER} /redis/${SENTINEL_CONFIG_KEY} --sentinel`];

const sentinelContainer = (failover: DefaultedFailover): Container => ({
  name: 'sentinel',
  ...containerDefaults(failover, 'sentinel'),
  command: [...(failover.spec.sentinel.command ?? START_SENTINEL)],
  ports: [{ name: 'sentinel', containerPort: SENTINEL_PORT, protocol: 'TCP' }],
  volumeMounts: [
    { name: WRITABLE_VOLUME, mountPath: '/redis' },
    { name: CONFIG_VOLUME, mountPath: SENTINEL_PROBE_DIRECTORY },
    ...sentinelLoginMount(failover),
    ...startupVolume(failover).map(({ name }) => ({ name, mountPath: SENTINEL_STARTUP_DIRECTORY })),
    ...(failover.spec.sentinel.extraVolumeMounts ?? []),
  ],
  ...probes(sentinelProbes(failover.spec.sentinel.startupConfigMap), failover, 'sentinel'),
});
