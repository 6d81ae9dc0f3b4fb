/** The CRD that spotahome's operator left behind, in what matters to who replaces it, and both CRDs under names of their own. */
import { redisFailoverCrd } from '../../src/api/crd.ts';

/** Names that no other CRD has: the real one is shared with whatever else runs on the cluster under test. */
export type Names = {
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
};

/** Names for one run of a test, made unique by `id`: lower-case letters and digits. */
export const namesFor = (id: string): Names => ({
  group: `takeover-${id}.example.com`,
  plural: 'movedfailovers',
  singular: 'movedfailover',
  kind: 'MovedFailover',
});

/** Where the real one knows every field, ours lets any pass; the types of those that operators read are the real ones. */
const integer = { type: 'integer', format: 'int32' };
const words = { type: 'array', items: { type: 'string' } };
const open = (properties: object = {}) => ({
  type: 'object',
  properties,
  'x-kubernetes-preserve-unknown-fields': true,
});
const component = { image: { type: 'string' }, replicas: integer, customConfig: words };

/**
 * One version `v1`, served and stored; no subresources; a required `spec`; types only, no default, range, pattern or rule. The
 * real one has 900 KB, because it spells out every embedded type.
 */
export const predecessorCrd = (names: Names) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${names.plural}.${names.group}`,
    annotations: { 'controller-gen.kubebuilder.io/version': 'v0.8.0' },
  },
  spec: {
    group: names.group,
    names: { kind: names.kind, listKind: `${names.kind}List`, plural: names.plural, singular: names.singular },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {},
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: {
                type: 'object',
                properties: {
                  redis: open({ ...component, port: integer }),
                  sentinel: open(component),
                  auth: open(),
                  bootstrapNode: open(),
                },
              },
            },
          },
        },
        additionalPrinterColumns: [
          { name: 'NAME', type: 'string', jsonPath: '.metadata.name' },
          { name: 'REDIS', type: 'integer', jsonPath: '.spec.redis.replicas' },
          { name: 'SENTINELS', type: 'integer', jsonPath: '.spec.sentinel.replicas' },
          { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
    ],
  },
});

/** Ours, of the same names. */
export const ourCrd = (names: Names) => {
  const { metadata, spec, ...rest } = redisFailoverCrd();
  return {
    ...rest,
    metadata: { ...metadata, name: `${names.plural}.${names.group}` },
    spec: {
      ...spec,
      group: names.group,
      names: { kind: names.kind, listKind: `${names.kind}List`, plural: names.plural, singular: names.singular },
    },
  };
};
