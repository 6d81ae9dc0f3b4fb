/** The pod in which both load clients run, as restricted as Pod Security asks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Affinity, Container, EnvVar, Pod } from 'kubernetes-types/core/v1.js';
import type { ClientKind } from '../../../bench/client/events.ts';
import { parseJson } from '../../../cluster/json.ts';
import { CHECKOUT } from '../../../cluster/layout.ts';
import { masterServiceName, SENTINEL_PORT, sentinelName } from '../../../src/api/names.ts';
import type { FailoverKey } from './pods.ts';

const REDIS_PORT = 6379;
const LONGEST_SECONDS = 900;

/** The operator's own image: it holds Node.js, and every cluster under test has it. */
export const operatorImage = (): string => {
  const { version } = parseJson<{ readonly version: string }>(readFileSync(join(CHECKOUT, 'package.json'), 'utf8'));
  return `qs-redis-operator:${version}`;
};

type Options = {
  readonly failover: FailoverKey;
  readonly pod: string;
  readonly configMap: string;
  readonly avoidNode?: string;
  readonly secret?: string;
  readonly sentinelSecret?: string;
};

/** The manifest. */
export const loadPod = (options: Options): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: options.pod, labels: { app: 'load-client' } },
  spec: {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container('sentinel', options), container('service', options)],
    volumes: [{ name: 'client', configMap: { name: options.configMap } }],
    ...(options.avoidNode !== undefined && { affinity: away(options.avoidNode) }),
  },
});

const container = (client: ClientKind, options: Options): Container => ({
  name: client,
  image: process.env['E2E_OPERATOR_IMAGE'] ?? operatorImage(),
  imagePullPolicy: 'IfNotPresent',
  command: ['node', '/client/main.ts'],
  env: environment(client, options),
  resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '256Mi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  volumeMounts: [{ name: 'client', mountPath: '/client', readOnly: true }],
});

const environment = (client: ClientKind, { failover, pod, secret, sentinelSecret }: Options): EnvVar[] => [
  { name: 'LOAD_CLIENT', value: client },
  { name: 'LOAD_SENTINEL', value: `${sentinelName(failover.name)}:${SENTINEL_PORT}` },
  { name: 'LOAD_MASTER_SERVICE', value: `${masterServiceName(failover.name)}:${REDIS_PORT}` },
  { name: 'LOAD_PREFIX', value: `${pod}:${client}` },
  { name: 'LOAD_SECONDS', value: String(LONGEST_SECONDS) },
  ...passwordFrom('REDIS_PASSWORD', secret),
  ...passwordFrom('SENTINEL_PASSWORD', sentinelSecret),
];

const passwordFrom = (variable: string, secret: string | undefined): readonly EnvVar[] =>
  secret === undefined ? [] : [{ name: variable, valueFrom: { secretKeyRef: { name: secret, key: 'password' } } }];

const away = (node: string): Affinity => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [node] }] }],
    },
  },
});
