/** The kinds of objects the operator reads and writes, as the API server addresses them. */
import { GROUP, KIND, VERSION } from '../api/names.ts';
import type { KubeObject, Resource } from '../ports.ts';

const namespaced = (group: string, plural: string, kind: string): Resource => ({
  group,
  version: 'v1',
  plural,
  kind,
  namespaced: true,
});

export const REDIS_FAILOVERS: Resource = {
  group: GROUP,
  version: VERSION,
  plural: 'redisfailovers',
  kind: KIND,
  namespaced: true,
};
export const PODS = namespaced('', 'pods', 'Pod');
export const SECRETS = namespaced('', 'secrets', 'Secret');
export const CONFIG_MAPS = namespaced('', 'configmaps', 'ConfigMap');
export const SERVICES = namespaced('', 'services', 'Service');
export const CLAIMS = namespaced('', 'persistentvolumeclaims', 'PersistentVolumeClaim');
export const STATEFUL_SETS = namespaced('apps', 'statefulsets', 'StatefulSet');
export const DEPLOYMENTS = namespaced('apps', 'deployments', 'Deployment');
export const CONTROLLER_REVISIONS = namespaced('apps', 'controllerrevisions', 'ControllerRevision');
export const DISRUPTION_BUDGETS = namespaced('policy', 'poddisruptionbudgets', 'PodDisruptionBudget');
export const NODES: Resource = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
export const CUSTOM_RESOURCE_DEFINITIONS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

const CHILD_KINDS = [CONFIG_MAPS, SECRETS, SERVICES, DISRUPTION_BUDGETS, STATEFUL_SETS, DEPLOYMENTS] as const;

/** The resource of a child object by its `kind`. */
export const resourceOf = (object: KubeObject): Resource => {
  const found = CHILD_KINDS.find((resource) => resource.kind === object.kind);
  if (found === undefined) throw new Error(`no child of a RedisFailover is of kind ${object.kind}`);
  return found;
};
