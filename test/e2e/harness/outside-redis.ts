/** A Redis that belongs to no failover, in a pod with a Service, as one that a user migrates from. */

import type { Pod } from 'kubernetes-types/core/v1.js';
import { apply, exec, kubectl, kubectlJson } from './kubectl.ts';

/** The name of its pod and of its Service. */
const NAME = 'old-redis';
const IMAGE = 'redis:8.0.2';
/** Milliseconds between two writes. */
const PAUSE_MS = 50;

type Options = {
  readonly port: number;
  readonly password?: string /** A newer one's data cannot be read by an older one. */;
  readonly image?: string;
};

export type OutsideRedis = {
  readonly ip: string;
  /** One command; what it prints, without the last line break. */
  readonly call: (...command: readonly string[]) => Promise<string>;
  /** Writes new keys, one after the other, until that is stopped. */
  readonly startWriting: () => Promise<void>;
  readonly stopWriting: () => Promise<void>;
  /** Deletes the pod and waits until it is gone. */
  readonly stop: () => Promise<void>;
};

/** Starts it and resolves when it answers. */
export const createOutsideRedis = async (namespace: string, options: Options): Promise<OutsideRedis> => {
  await apply(namespace, [pod(options), service(options)]);
  const forReady = ['wait', '--for=condition=Ready', `pod/${NAME}`, '--timeout=60s'];
  await kubectl([...forReady, '--namespace', namespace], { limitMs: 70_000 });
  const { status } = await kubectlJson<Pod>(['get', 'pod', NAME, '--namespace', namespace]);
  const shell = (script: string, ...args: readonly string[]): Promise<string> =>
    exec({ namespace, pod: NAME, container: NAME }, ['sh', '-c', script, 'sh', ...args]);
  return {
    ip: status?.podIP ?? '',
    call: async (...command) => (await shell(`redis-cli -p ${options.port} "$@"`, ...command)).trim(),
    startWriting: async () => {
      await shell(`(${writer(options.port)}) >/dev/null 2>&1 &`);
    },
    stopWriting: async () => {
      await shell('touch /data/stop; until [ -e /data/stopped ]; do sleep 0.05; done');
    },
    stop: async () => {
      await kubectl(['delete', 'pod', NAME, '--namespace', namespace, '--grace-period=1']);
    },
  };
};

/** Nobody waits for the process that it is, so it says itself when it ends. */
const writer = (port: number): string =>
  `until [ -e /data/stop ]; do redis-cli -p ${port} SET "written:$((n += 1))" x; sleep ${PAUSE_MS / 1000}; done;` +
  ' touch /data/stopped';

const pod = ({ port, password, image = IMAGE }: Options): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: NAME, labels: { app: NAME } },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    volumes: [{ name: 'data', emptyDir: {} }],
    containers: [
      {
        name: NAME,
        image,
        imagePullPolicy: 'IfNotPresent',
        command: [
          'redis-server',
          '--port',
          String(port),
          '--dir',
          '/data',
          '--protected-mode',
          'no',
          ...loginOf(password),
        ],
        env: password === undefined ? [] : [{ name: 'REDISCLI_AUTH', value: password }],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
        resources: { requests: { cpu: '20m', memory: '32Mi' } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});

const loginOf = (password: string | undefined): readonly string[] =>
  password === undefined ? [] : ['--requirepass', password];

const service = ({ port }: Options): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: NAME },
  spec: { selector: { app: NAME }, ports: [{ port }] },
});
