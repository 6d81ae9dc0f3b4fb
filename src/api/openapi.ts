/** The API server's own OpenAPI document, as far as the embedded types need it. */

/** The types of the core group that are embedded. */
export const EMBEDDED_TYPES = [
  'Affinity',
  'Container',
  'EmptyDirVolumeSource',
  'EnvVar',
  'LocalObjectReference',
  'PersistentVolumeClaimSpec',
  'PodSecurityContext',
  'Probe',
  'ResourceRequirements',
  'SecurityContext',
  'Toleration',
  'TopologySpreadConstraint',
  'Volume',
  'VolumeMount',
] as const;

export type EmbeddedType = (typeof EMBEDDED_TYPES)[number];

/** A schema as the API server publishes it in `/openapi/v3`. https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3 */
export type OpenApiSchema = {
  readonly description?: string;
  readonly default?: unknown;
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema;
  readonly items?: OpenApiSchema;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  /** Which members exclude each other; no part of a CRD's schema. */
  readonly 'x-kubernetes-unions'?: unknown;
};

export type OpenApiSchemas = Readonly<Record<string, OpenApiSchema>>;

/** The name of a core type among the definitions. */
export const coreType = (type: string): string => `io.k8s.api.core.v1.${type}`;

/** The name that a schema refers to; undefined when it stands for itself. The document wraps references into `allOf`. */
export const referenceOf = ({ $ref, allOf }: OpenApiSchema): string | undefined =>
  ($ref ?? allOf?.[0]?.$ref)?.replace('#/components/schemas/', '');

/** The record with every value changed by `change`. */
export const mapValues = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
