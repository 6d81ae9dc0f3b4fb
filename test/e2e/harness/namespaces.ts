import { kubectl } from './kubectl.ts';

const RESTRICTED = 'pod-security.kubernetes.io/enforce=restricted';

/** Makes a namespace that admits only restricted pods, with a name that no earlier run used. */
export const createNamespace = async (purpose: string): Promise<string> => {
  const name = `e2e-${purpose}-${Date.now().toString(36).slice(-5)}`;
  await kubectl(['create', 'namespace', name]);
  await kubectl(['label', 'namespace', name, RESTRICTED]);
  return name;
};

/** Deletes a namespace; Kubernetes empties it while the next test runs. */
export const deleteNamespace = async (name: string): Promise<void> => {
  await kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found']);
};
