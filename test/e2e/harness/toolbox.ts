/** A pod with redis-cli, as a user would start one to look around. */
import { apply, kubectl } from './kubectl.ts';

const TOOLBOX = 'toolbox';
const IMAGE = 'redis:8.0.2';

/** Starts it and resolves when commands can be run in it: pod `toolbox`, container `toolbox`. */
export const createToolbox = async (namespace: string): Promise<void> => {
  await apply(namespace, [toolboxPod()]);
  const forReady = ['wait', '--for=condition=Ready', `pod/${TOOLBOX}`, '--timeout=60s'];
  await kubectl([...forReady, '--namespace', namespace], { limitMs: 70_000 });
};

export const deleteToolbox = async (namespace: string): Promise<void> => {
  await kubectl(['delete', 'pod', TOOLBOX, '--namespace', namespace, '--wait=false', '--ignore-not-found']);
};

const toolboxPod = (): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: TOOLBOX },
  spec: {
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: TOOLBOX,
        image: IMAGE,
        imagePullPolicy: 'IfNotPresent',
        command: ['sleep', '3600'],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});
