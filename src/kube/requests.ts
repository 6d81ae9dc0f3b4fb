/** The requests of the Kubernetes API, as data. https://kubernetes.io/docs/reference/using-api/api-concepts/ */
import type { DeleteOptions, KubeObject, ObjectKey, Resource, Selection } from '../ports.ts';
import { KubeApiError } from './errors.ts';
import { resourcePath, withQuery } from './path.ts';
import type { KubeRequest } from './transport.ts';

type Write<T extends KubeObject> = { readonly object: T; readonly fieldManager: string };

export const listRequest = (
  resource: Resource,
  selection: Selection & { readonly limit: number; readonly continue: string | undefined },
): KubeRequest => ({
  verb: 'list',
  plural: resource.plural,
  path: withQuery(collectionPath(resource, selection), {
    ...selectors(selection),
    limit: String(selection.limit),
    continue: selection.continue,
  }),
});

/** `timeoutSeconds` is how long the server keeps the answer open. */
export const watchRequest = (
  resource: Resource,
  selection: Selection & { readonly resourceVersion: string; readonly timeoutSeconds: number },
): KubeRequest => ({
  verb: 'watch',
  plural: resource.plural,
  path: withQuery(collectionPath(resource, selection), {
    ...selectors(selection),
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: selection.resourceVersion,
    timeoutSeconds: String(selection.timeoutSeconds),
  }),
});

export const getRequest = (resource: Resource, key: ObjectKey): KubeRequest => ({
  verb: 'get',
  plural: resource.plural,
  path: resourcePath(resource, key),
});

/** The content type says YAML: every JSON text is one. */
export const applyRequest = <T extends KubeObject>(resource: Resource, write: Write<T>): KubeRequest => ({
  verb: 'apply',
  plural: resource.plural,
  path: withQuery(objectPath(resource, write.object), { fieldManager: write.fieldManager, force: 'true' }),
  body: write.object,
  contentType: 'application/apply-patch+yaml',
});

export const createRequest = <T extends KubeObject>(resource: Resource, write: Write<T>): KubeRequest => ({
  verb: 'create',
  plural: resource.plural,
  path: withQuery(collectionPath(resource, write.object.metadata ?? {}), { fieldManager: write.fieldManager }),
  body: write.object,
});

export const replaceRequest = <T extends KubeObject>(resource: Resource, write: Write<T>): KubeRequest => ({
  verb: 'replace',
  plural: resource.plural,
  path: withQuery(objectPath(resource, write.object), { fieldManager: write.fieldManager }),
  body: write.object,
});

export const mergePatchRequest = (
  resource: Resource,
  target: ObjectKey & {
    readonly subresource?: 'status' | 'resize';
    readonly patch: object;
    readonly fieldManager: string;
  },
): KubeRequest => ({
  verb: 'patch',
  plural: resource.plural,
  path: withQuery(resourcePath(resource, target), { fieldManager: target.fieldManager }),
  body: target.patch,
  contentType: 'application/merge-patch+json',
});

export const deleteRequest = (resource: Resource, target: ObjectKey & DeleteOptions): KubeRequest => ({
  verb: 'delete',
  plural: resource.plural,
  path: resourcePath(resource, target),
  body: {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: target.gracePeriodSeconds,
    propagationPolicy: target.propagationPolicy,
    preconditions: { uid: target.uid, resourceVersion: target.resourceVersion },
  },
});

const collectionPath = (resource: Resource, { namespace }: { readonly namespace?: string }): string =>
  resourcePath(resource, namespace === undefined ? {} : { namespace });

const objectPath = (resource: Resource, { metadata }: KubeObject): string => {
  if (metadata?.name === undefined) {
    throw new KubeApiError({ code: 'invalid', message: `a ${resource.kind} without a name cannot be written` });
  }
  const { name, namespace } = metadata;
  return resourcePath(resource, namespace === undefined ? { name } : { namespace, name });
};

const selectors = (selection: Selection): Record<string, string | undefined> => ({
  labelSelector: selection.labelSelector,
  fieldSelector: selection.fieldSelector,
});
