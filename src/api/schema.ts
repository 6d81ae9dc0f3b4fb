/** Structural schemas as CRDs have them, and how to write them shortly. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema */

/** A CEL rule. Where `oldSelf` is in it, it is about changes only. https://kubernetes.io/docs/reference/using-api/cel/ */
export type Rule = {
  readonly rule: string;
  readonly message: string;
  /** Which field below the rule's own the error is about, as `.port`. */
  readonly fieldPath?: string;
};

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One node of a structural schema. */
export type Schema = {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly default?: Json;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-validations'?: readonly Rule[];
};

type More = Omit<Schema, 'type' | 'description'>;

export const text = (description: string, more: More = {}): Schema => ({ description, type: 'string', ...more });

export const integer = (description: string, more: More = {}): Schema => ({
  description,
  type: 'integer',
  format: 'int32',
  ...more,
});

export const flag = (description: string, more: More = {}): Schema => ({ description, type: 'boolean', ...more });

export const object = (description: string, properties: Readonly<Record<string, Schema>>, more: More = {}): Schema => ({
  description,
  type: 'object',
  ...more,
  properties,
});

/** A list that is one value: who applies it owns all of it. */
export const list = (description: string, items: Schema, more: More = {}): Schema => ({
  description,
  type: 'array',
  'x-kubernetes-list-type': 'atomic',
  ...more,
  items,
});

/** Words by words, as labels are. */
export const words = (description: string): Schema => ({
  description,
  type: 'object',
  additionalProperties: { type: 'string' },
});

export const rules = (...all: readonly Rule[]): Pick<Schema, 'x-kubernetes-validations'> => ({
  'x-kubernetes-validations': all,
});
