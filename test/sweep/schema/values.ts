/** Legal and illegal values of a property, made from its schema, or taken from the table where the schema does not say it all. */
import { isRecord } from '../../../src/core/objects/json.ts';
import { OVERRIDES } from './overrides.ts';
import { children, ENTRY, ITEM, isOurs, type Property } from './properties.ts';

/** Two legal values, so that a property can be set and then changed. */
export type Variant = 0 | 1;

/** No legal value can be made: the property needs a row in `overrides.ts`. */
export class NoValueError extends Error {
  readonly code = 'no-value';
}

/** A value that the API server takes. Throws when it cannot be told from the schema and the table has none. */
export const legalValue = (property: Property, variant: Variant): unknown => {
  const { path, schema } = property;
  const given = OVERRIDES[path]?.legal;
  if (given !== undefined) return given[variant];
  if (schema.enum !== undefined) return schema.enum[variant % schema.enum.length];
  if (schema['x-kubernetes-int-or-string'] === true) return intOrString(property, variant);
  switch (schema.type ?? '') {
    case 'boolean':
      return variant === 0;
    case 'integer':
      return integerOf(property, variant);
    case 'string':
      return textOf(property, variant);
    case 'array':
      return children(property).map((item) => legalValue(item, variant));
    case 'object':
      return objectOf(property, variant);
    default:
      throw new NoValueError(`${path}: what is a legal value of type ${schema.type}? Add it to overrides.ts.`);
  }
};

const intOrString = ({ path, schema }: Property, variant: Variant): unknown => {
  const values = schema.pattern === undefined ? [8080, 'port-b'] : ['10Mi', 20];
  return matching(path, [String(values[variant])], schema.pattern) && values[variant];
};

const integerOf = (
  { path, schema: { minimum = 1, maximum = Number.MAX_SAFE_INTEGER } }: Property,
  variant: Variant,
) => {
  const value = minimum + variant;
  if (value > maximum) throw new NoValueError(`${path}: there is only one number. Add it to overrides.ts.`);
  return value;
};

const DATES = ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'] as const;
const WORDS = ['swept-a', 'swept-b'] as const;

const textOf = ({ path, schema: { format, pattern, maxLength } }: Property, variant: Variant): string => {
  const word = format === 'date-time' ? DATES[variant] : WORDS[variant];
  if (maxLength !== undefined && word.length > maxLength)
    throw new NoValueError(`${path}: at most ${maxLength} characters. Add a value to overrides.ts.`);
  return matching(path, [word], pattern);
};

const matching = (path: string, [word = '']: readonly string[], pattern: string | undefined): string => {
  if (pattern !== undefined && !new RegExp(pattern).test(word))
    throw new NoValueError(`${path}: ${word} does not match ${pattern}. Add a value to overrides.ts.`);
  return word;
};

/** Everything inside an embedded type; of ours, which exclude each other at times, what is required and for a change one more. */
const objectOf = (property: Property, variant: Variant): unknown => {
  const inside = children(property);
  const entry = inside.find((child) => nameOf(child) === ENTRY);
  if (entry !== undefined) return { [keyOf(property)]: legalValue(entry, variant) };
  const required = inside.filter((one) => one.required);
  const optional = inside.find((one) => !one.required);
  const some = variant === 0 || optional === undefined ? required : [...required, optional];
  return membersOf(isOurs(property.schema) ? some : inside, variant);
};

const membersOf = (members: readonly Property[], variant: Variant): Readonly<Record<string, unknown>> =>
  Object.fromEntries(members.map((member): [string, unknown] => [nameOf(member), legalValue(member, variant)]));

const nameOf = ({ steps }: Property): string => steps.at(-1) ?? '';

/** The one key that a map gets. */
export const keyOf = ({ path }: Pick<Property, 'path'>): string => OVERRIDES[path]?.key ?? 'swept';

/** The least that is legal: what is required. */
export const leastValue = (property: Property): unknown => {
  if (property.schema.type !== 'object') return legalValue(property, 0);
  return Object.fromEntries(
    children(property)
      .filter((child) => child.required && nameOf(child) !== ENTRY)
      .map((child): [string, unknown] => [nameOf(child), leastOf(child)]),
  );
};

const leastOf = (property: Property): unknown => {
  const isComposed = OVERRIDES[property.path]?.legal === undefined && property.schema.type === 'object';
  return isComposed ? leastValue(property) : legalValue(property, 0);
};

/** A value that the API server must refuse, and why, in words for who reads the failure. */
export type Illegal = { readonly why: string; readonly value: unknown };

/** The wrong values that the schema, and the table beside it, know of. At least one: a wrong type. */
export const illegalValues = (property: Property): readonly Illegal[] => [
  ...wrongType(property),
  ...outOfRange(property),
  ...wrongText(property),
  ...wrongSize(property),
  ...wrongMembers(property),
  ...(OVERRIDES[property.path]?.illegal ?? []).map((value) => ({ why: 'forbidden by a rule', value })),
];

const wrongType = ({ schema }: Property): readonly Illegal[] => {
  if (schema['x-kubernetes-int-or-string'] === true) return [{ why: 'neither number nor text', value: { wrong: 1 } }];
  switch (schema.type ?? '') {
    case 'string':
      return [{ why: 'a number for a text', value: 7 }];
    case 'integer':
      return [
        { why: 'a text for a number', value: 'wrong' },
        { why: 'a broken number', value: 1.5 },
      ];
    case 'boolean':
      return [{ why: 'a text for a flag', value: 'wrong' }];
    case 'array':
      return [{ why: 'a text for a list', value: 'wrong' }];
    case 'object':
      return [{ why: 'a text for an object', value: 'wrong' }];
    default:
      return [];
  }
};

const outOfRange = ({ schema: { minimum, maximum } }: Property): readonly Illegal[] => [
  ...(minimum === undefined ? [] : [{ why: `less than ${minimum}`, value: minimum - 1 }]),
  ...(maximum === undefined ? [] : [{ why: `more than ${maximum}`, value: maximum + 1 }]),
];

const AGAINST_PATTERNS = ['No such!\n', '', ' '];

const wrongText = ({ schema }: Property): readonly Illegal[] => {
  const { pattern, minLength = 0, maxLength, format } = schema;
  const mismatch = AGAINST_PATTERNS.find((word) => pattern !== undefined && !new RegExp(pattern).test(word));
  return [
    ...(schema.enum === undefined ? [] : [{ why: 'none of the words', value: 'NoSuchWord' }]),
    ...(mismatch === undefined ? [] : [{ why: 'against the pattern', value: mismatch }]),
    ...(minLength === 0 ? [] : [{ why: 'too short', value: '' }]),
    ...(maxLength === undefined ? [] : [{ why: 'too long', value: 'a'.repeat(maxLength + 1) }]),
    ...(format === 'date-time' ? [{ why: 'no date', value: 'yesterday' }] : []),
  ];
};

const wrongSize = (property: Property): readonly Illegal[] => {
  const { minItems = 0, maxItems, maxProperties } = property.schema;
  const listType = property.schema['x-kubernetes-list-type'];
  const [inside] = children(property);
  if (inside === undefined) return [];
  const one = leastValue(inside);
  return [
    ...(minItems === 0 ? [] : [{ why: 'too few', value: [] }]),
    ...(maxItems === undefined ? [] : [{ why: 'too many', value: Array.from({ length: maxItems + 1 }, () => one) }]),
    ...(listType === 'set' || listType === 'map' ? [{ why: 'twice the same', value: [one, one] }] : []),
    ...(maxProperties === undefined ? [] : [{ why: 'too many', value: entries(maxProperties + 1, one) }]),
  ];
};

const entries = (count: number, value: unknown): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, value]));

const wrongMembers = (property: Property): readonly Illegal[] => {
  const members = children(property).filter((child) => nameOf(child) !== ENTRY && nameOf(child) !== ITEM);
  if (members.length === 0) return [];
  const least = leastValue(property);
  const without = members
    .filter((member) => member.required && member.schema.default === undefined)
    .map((member) => ({ why: `without ${nameOf(member)}`, value: lacking(least, nameOf(member)) }));
  return [{ why: 'an unknown member', value: { ...asObject(least), noSuchMember: 1 } }, ...without];
};

const lacking = (value: unknown, name: string): object =>
  Object.fromEntries(Object.entries(asObject(value)).filter(([key]) => key !== name));

/** The value, or an object without members in the place of one that is none. */
export const asObject = (value: unknown): object => (isRecord(value) ? value : {});
