/** Who owns which field of an object. https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
import type { ManagedFieldsEntry } from 'kubernetes-types/meta/v1.js';

/** A FieldsV1: a tree of `f:NAME`, `k:{…}` and `v:…`, whose empty leaves mean the field itself. */
type Fields = { readonly [key: string]: Fields };

/**
 * The entries after `manager` has taken over what others wrote by create, update and patch, as if it had applied it; undefined
 * when there is nothing to take. What others applied stays theirs, and so does what belongs to a subresource, such as `status`.
 */
export const takenOver = (
  entries: readonly ManagedFieldsEntry[],
  manager: string,
): readonly ManagedFieldsEntry[] | undefined => {
  const written = entries.filter(({ operation, subresource }) => operation === 'Update' && !subresource);
  const [latest] = written;
  if (latest === undefined) return undefined;
  const applied = entries.filter((entry) => isOwnApply(entry, manager));
  const rest = entries.filter((entry) => !written.includes(entry) && !applied.includes(entry));
  const fieldsV1 = [...applied, ...written].map((entry) => fieldsOf(entry)).reduce(union);
  return [{ ...latest, manager, operation: 'Apply', fieldsV1 }, ...rest];
};

const isOwnApply = ({ manager, operation, subresource }: ManagedFieldsEntry, own: string): boolean =>
  manager === own && operation === 'Apply' && !subresource;

const fieldsOf = ({ fieldsV1 = {} }: ManagedFieldsEntry): Fields => treeOf(fieldsV1);

const treeOf = (value: object): Fields =>
  Object.fromEntries(
    Object.entries(value).map(([key, inside]: [string, unknown]) => [
      key,
      typeof inside === 'object' && inside !== null ? treeOf(inside) : {},
    ]),
  );

const union = (one: Fields, other: Fields): Fields => {
  const merged: Record<string, Fields> = { ...one };
  for (const [key, fields] of Object.entries(other)) merged[key] = union(merged[key] ?? {}, fields);
  return merged;
};
