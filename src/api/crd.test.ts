import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { PodSpec } from 'kubernetes-types/core/v1.js';
import { parse } from 'yaml';
import { sentinelDeployment } from '../core/objects/deployment.ts';
import { redisStatefulSet } from '../core/objects/stateful-set.ts';
import { crdYaml, redisFailoverCrd } from './crd.ts';
import { withDefaults } from './defaults.ts';
import type { Schema } from './schema.ts';
import { SCHEMA_VERSION, SCHEMA_VERSION_ANNOTATION } from './schema-version.ts';
import { REDIS_TAKEN, SENTINEL_TAKEN } from './spec-schema.ts';
import { OTHER_VOLUMES } from './storage-schema.ts';

const CHART_CRD = join(import.meta.dirname, '..', '..', 'helm', 'qs-redis-operator', 'files', 'redisfailovers.yaml');
/** Client-side apply keeps the object in an annotation, and annotations end at 256 KiB. */
const SIZE_LIMIT_BYTES = 200 * 1024;

const crd = redisFailoverCrd();
const [version] = crd.spec.versions;
assert.ok(version);
const root = version.schema.openAPIV3Schema;

type Node = { readonly path: string; readonly schema: Schema };

const nodes = (path: string, schema: Schema): readonly Node[] => [
  { path, schema },
  ...Object.entries(schema.properties ?? {}).flatMap(([name, child]) => nodes(`${path}.${name}`, child)),
  ...(schema.additionalProperties ? nodes(`${path}.*`, schema.additionalProperties) : []),
  ...(schema.items ? nodes(`${path}[]`, schema.items) : []),
];
const all = nodes('', root);
const at = (path: string): Schema => {
  const found = all.find((node) => node.path === path);
  assert.ok(found, `the schema has no ${path}`);
  return found.schema;
};

const names = (path: string): readonly string[] => Object.keys(at(path).properties ?? {}).sort();

/** What is wrong with a value, as far as these few words of a schema say. */
const faults = (schema: Schema, value: unknown): readonly string[] => {
  const { type, enum: words, pattern, minimum, maximum, minLength = 0, required = [], properties = {}, items } = schema;
  if (schema['x-kubernetes-int-or-string'] === true)
    return ['number', 'string'].includes(typeof value) ? [] : [`${String(value)} is neither`];
  if (type === 'integer') {
    const fits = Number.isInteger(value) && Number(value) >= (minimum ?? 0) && Number(value) <= (maximum ?? Infinity);
    return fits ? [] : [`${String(value)} is out of range`];
  }
  if (type === 'string') {
    const fits =
      typeof value === 'string' &&
      value.length >= minLength &&
      (words === undefined || words.includes(value)) &&
      (pattern === undefined || new RegExp(pattern).test(value));
    return fits ? [] : [`${String(value)} does not fit`];
  }
  if (type === 'boolean') return typeof value === 'boolean' ? [] : [`${String(value)} is no boolean`];
  if (Array.isArray(value))
    return type === 'array' && items ? value.flatMap((item) => faults(items, item)) : ['a list'];
  if (type !== 'object' || typeof value !== 'object' || value === null) return [`not of type ${type}`];
  const surplus = Object.keys(value).filter((name) => properties[name] === undefined);
  const missing = required.filter((name) => !(name in value));
  const inside = Object.entries(value).flatMap(([name, child]) => faults(properties[name] ?? {}, child));
  return [...surplus, ...missing, ...inside];
};

/** `.a['b', 'c']` is `.a.b`, or `.a.c`. https://kubernetes.io/docs/reference/kubectl/jsonpath/ */
const alternatives = (path: string): readonly string[] => {
  const [, before, union] = /^(.*)\[('.*')\]$/.exec(path) ?? [];
  return union === undefined ? [path] : union.split(', ').map((one) => `${before}.${one.slice(1, -1)}`);
};

/** The pod of a failover that uses everything that is built in. */
const podOf = (kind: 'StatefulSet' | 'Deployment'): PodSpec => {
  const exporter = { enabled: true };
  const spec = {
    auth: { secretPath: 'password', sentinelSecretPath: 'password' },
    redis: { exporter, startupConfigMap: 'a', shutdownConfigMap: 'b' },
    sentinel: { exporter, startupConfigMap: 'a' },
  };
  const failover = withDefaults({ metadata: { name: 'a' }, spec });
  const options = { redisReplicas: 1, mountsInternal: true };
  const { template } =
    (kind === 'StatefulSet' ? redisStatefulSet(failover, options) : sentinelDeployment(failover)).spec ?? {};
  assert.ok(template?.spec);
  return template.spec;
};

describe('the CRD', () => {
  test('in the chart is the one that the source makes: else run `make generate`', () => {
    assert.equal(readFileSync(CHART_CRD, 'utf8'), crdYaml());
  });

  test('is the same object in YAML', () => assert.deepEqual(parse(crdYaml()), JSON.parse(JSON.stringify(crd))));

  test('is small enough for client-side apply', () => {
    assert.ok(JSON.stringify(crd).length < SIZE_LIMIT_BYTES);
  });

  test('says its schema version', () => {
    assert.equal(crd.metadata.annotations[SCHEMA_VERSION_ANNOTATION], String(SCHEMA_VERSION));
  });

  test('has only defaults that its own schema accepts', () => {
    const wrong = all.flatMap(({ path, schema }) =>
      schema.default === undefined ? [] : faults(schema, schema.default).map((fault) => `${path}: ${fault}`),
    );
    assert.deepEqual(wrong, []);
    assert.ok(all.filter(({ schema }) => schema.default !== undefined).length > 10);
  });

  test('is structural: every node has a type, none has both properties and additional ones', () => {
    const wrong = all.filter(({ schema }) => {
      const typed = schema.type !== undefined || schema['x-kubernetes-int-or-string'] === true;
      return !typed || (schema.properties !== undefined && schema.additionalProperties !== undefined);
    });
    assert.deepEqual(
      wrong.map(({ path }) => path),
      [],
    );
  });

  test('has a description of every field that is ours', () => {
    const embedded = /\.(affinity|tolerations|emptyDir|resources|spec|\w*[sS]ecurityContext|custom\w+Probe)[.[]/;
    const silent = all.filter(
      ({ path, schema }) =>
        path.startsWith('.spec.') && !embedded.test(path.slice(5)) && !/\]|\*/.test(path) && !schema.description,
    );
    assert.deepEqual(
      silent.map(({ path }) => path),
      [],
    );
  });

  test('has exactly the fields of this release', () => {
    const common = ['replicas', 'image', 'imagePullPolicy', 'resources', 'customConfig', 'affinity', 'tolerations'];
    assert.deepEqual(names('.spec'), ['auth', 'bootstrapNode', 'labelWhitelist', 'redis', 'sentinel']);
    const pods = [
      ...common,
      ...'nodeSelector command startupConfigMap initContainers extraContainers'.split(' '),
    ].concat(
      'extraVolumes extraVolumeMounts exporter securityContext containerSecurityContext imagePullSecrets'.split(' '),
      'topologySpreadConstraints podAnnotations serviceAnnotations hostNetwork dnsPolicy priorityClassName'.split(' '),
      'serviceAccountName customLivenessProbe customReadinessProbe customStartupProbe'.split(' '),
      'disablePodDisruptionBudget'.split(' '),
    );
    const ofRedis =
      'dataSafety divergentData port storage shutdownConfigMap customCommandRenames terminationGracePeriod'.split(' ');
    assert.deepEqual(names('.spec.redis'), [...pods, ...ofRedis].sort());
    assert.deepEqual(names('.spec.sentinel'), [...pods, 'configCopy', 'enabled'].sort());
    assert.deepEqual(names('.spec.redis.storage'), ['emptyDir', 'keepAfterDeletion', 'persistentVolumeClaim']);
    assert.deepEqual(names('.spec.auth'), ['internalCredentials', 'secretPath', 'sentinelSecretPath']);
    assert.deepEqual(names('.spec.bootstrapNode'), ['allowSentinels', 'host', 'port', 'secretPath']);
  });

  test('knows the Kubernetes types to their ends', () => {
    const term = '.spec.sentinel.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[]';
    assert.equal(at(`${term}.labelSelector.matchExpressions[].values[]`).type, 'string');
    assert.equal(at('.spec.redis.resources.limits.*')['x-kubernetes-int-or-string'], true);
    assert.equal(at('.spec.redis.tolerations[].tolerationSeconds').format, 'int64');
    assert.deepEqual(at(term).required, ['topologyKey']);
  });

  test('puts the columns and the scale subresource onto fields that exist', () => {
    const { specReplicasPath, statusReplicasPath, labelSelectorPath } = version.subresources.scale;
    assert.equal(at(specReplicasPath).type, 'integer');
    assert.equal(at(statusReplicasPath).type, 'integer');
    assert.equal(at(labelSelectorPath).type, 'string');
    const plain = version.additionalPrinterColumns
      .map(({ jsonPath }) => jsonPath)
      .filter((path) => !path.includes('[?'))
      .map((path) => path.replace('[0]', '[]'))
      .flatMap(alternatives);
    for (const path of plain.filter((one) => !one.startsWith('.metadata'))) assert.equal(at(path).type, 'string');
  });

  test('refuses the names of all other volumes of a Redis pod for the claim', () => {
    const volumes = podOf('StatefulSet').volumes ?? [];
    const fixed = volumes.filter(({ emptyDir }) => emptyDir === undefined).map(({ name }) => name);
    assert.deepEqual(fixed.sort(), [...OTHER_VOLUMES].sort());
  });

  for (const [kind, taken] of [
    ['StatefulSet', REDIS_TAKEN],
    ['Deployment', SENTINEL_TAKEN],
  ] as const) {
    test(`refuses all names and paths that the pods of a ${kind} have themselves`, () => {
      const { containers, initContainers = [], volumes = [] } = podOf(kind);
      const [main] = containers;
      assert.deepEqual([...containers, ...initContainers].map(({ name }) => name).sort(), [...taken.containers].sort());
      assert.deepEqual(volumes.map(({ name }) => name).sort(), [...taken.volumes].sort());
      assert.deepEqual(main?.volumeMounts?.map(({ mountPath }) => mountPath).sort(), [...taken.paths].sort());
    });
  }
});
