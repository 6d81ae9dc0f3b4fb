import type { Resource } from '../ports.ts';

/** Path of a resource, of its collection when `name` is left out, or of a subresource. Namespace and name are escaped. */
export const resourcePath = (
  resource: Resource,
  target: { readonly namespace?: string; readonly name?: string; readonly subresource?: string },
): string => {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const parts = [
    ...(resource.namespaced && target.namespace !== undefined ? ['namespaces', target.namespace] : []),
    resource.plural,
    ...(target.name === undefined ? [] : [target.name]),
    ...(target.subresource === undefined ? [] : [target.subresource]),
  ];
  return `${root}/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
};

/** `path?a=b&c=d`, without the parameters that are undefined. */
export const withQuery = (path: string, query: Readonly<Record<string, string | undefined>>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
  return search.size === 0 ? path : `${path}?${search.toString()}`;
};
