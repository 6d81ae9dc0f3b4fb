/** Desired objects beside what a real API server makes of them: of $KUBECONFIG_UNDER_TEST, or of the local cluster. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { withDefaults } from '../../src/api/defaults.ts';
import type { RedisFailoverSpec } from '../../src/api/types.ts';
import { desiredObjects } from '../../src/core/objects/desired.ts';
import { differs } from '../../src/core/objects/differs.ts';
import { isRecord } from '../../src/core/objects/json.ts';
import { replacement } from '../../src/core/objects/replacement.ts';
import { createKubeApi } from '../../src/kube/client.ts';
import { KubeApiError } from '../../src/kube/errors.ts';
import type { KubeApi, KubeObject, Resource } from '../../src/ports.ts';
import { systemClock, systemRandom } from '../../src/system.ts';
import { CHANGES, EDITS, VARIANTS } from './object-variants.ts';
import { eventually } from './redis-process.ts';

const LIMIT_MS = 20_000;
const signal = (): AbortSignal => AbortSignal.timeout(LIMIT_MS);

const resource = (kind: string, plural: string, group = ''): Resource => ({
  group,
  version: 'v1',
  plural,
  kind,
  namespaced: kind !== 'Namespace',
});
const NAMESPACE = resource('Namespace', 'namespaces');
const CONFIG_MAP = resource('ConfigMap', 'configmaps');
const POD = resource('Pod', 'pods');
const RESOURCES: Readonly<Record<string, Resource>> = {
  ConfigMap: CONFIG_MAP,
  Secret: resource('Secret', 'secrets'),
  Service: resource('Service', 'services'),
  PodDisruptionBudget: resource('PodDisruptionBudget', 'poddisruptionbudgets', 'policy'),
  StatefulSet: resource('StatefulSet', 'statefulsets', 'apps'),
  Deployment: resource('Deployment', 'deployments', 'apps'),
};
const resourceOf = (object: KubeObject): Resource => {
  const found = RESOURCES[object.kind ?? ''];
  assert.ok(found, object.kind ?? 'no kind');
  return found;
};

let api: KubeApi;
let somebody: KubeApi;
let namespace = '';
let owner: KubeObject = {};

before(async () => {
  const kubeconfig = process.env['KUBECONFIG_UNDER_TEST'] ?? '.cluster/kubeconfig';
  assert.ok(existsSync(kubeconfig), `no cluster to test against: ${kubeconfig} does not exist`);
  const options = { kubeconfig, clock: systemClock, requestTimeoutMs: 10_000 };
  api = createKubeApi({ ...options, fieldManager: 'redis-operator' });
  somebody = createKubeApi({ ...options, fieldManager: 'somebody' });
  namespace = `objects-${systemRandom.uuid().slice(0, 8)}`;
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await api.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }, signal());
  owner = await api.create(
    CONFIG_MAP,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner', namespace } },
    signal(),
  );
});

after(async () => {
  await api.delete(NAMESPACE, { name: namespace }, signal());
});

/** The spec with one pod of each kind unless it says how many. */
const small = (spec: RedisFailoverSpec): RedisFailoverSpec => ({
  ...spec,
  redis: { replicas: 1, ...spec.redis },
  sentinel: { replicas: 1, ...spec.sentinel },
});

type Made = { readonly name: string; readonly spec: RedisFailoverSpec };

/**
 * The desired objects, owned by a config map that takes the RedisFailover's place: the garbage collector deletes what has
 * an owner that does not exist.
 */
const desired = ({ name, spec }: Made, liveStatefulSet?: StatefulSet) => {
  const uid = owner.metadata?.uid ?? '';
  const failover = withDefaults({ metadata: { name, namespace, uid, labels: { team: 'blue', empty: '' } }, spec });
  const objects = desiredObjects({
    failover,
    redisReplicas: failover.spec.redis.replicas,
    ...(spec.auth?.secretPath && { login: { password: 'p"\\é' } }),
    ...(spec.auth?.internalCredentials && { internal: { password: 'p', sha256: 'ab12' }, mountsInternal: true }),
    ...(liveStatefulSet && { liveStatefulSet }),
  });
  return objects.map((object) => objectOf(withStandIn(object)));
};

const STAND_IN = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner' };

/** The value with the stand-in wherever it names an owner. */
const withStandIn = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withStandIn);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, withStandIn(member)] as const);
  return { ...Object.fromEntries(members), ...(value['kind'] === 'RedisFailover' && STAND_IN) };
};
const objectOf = (value: unknown): KubeObject => (isRecord(value) ? value : {});

const applyAll = async (objects: readonly KubeObject[]): Promise<void> => {
  await Promise.all(objects.map((object) => api.apply(resourceOf(object), object, signal())));
};
const deleteAll = async (objects: readonly KubeObject[]): Promise<void> => {
  await Promise.all(
    objects.map((object) => api.delete(resourceOf(object), { namespace, name: object.metadata?.name ?? '' }, signal())),
  );
};
/** The live object; one without anything when there is none. */
const liveOf = async (object: KubeObject): Promise<KubeObject> =>
  (await api.get(resourceOf(object), { namespace, name: object.metadata?.name ?? '' }, signal())) ?? {};
const differences = async (objects: readonly KubeObject[]): Promise<readonly string[]> => {
  const found = await Promise.all(
    objects.map(async (object) => ({ object, path: differs(object, await liveOf(object)) })),
  );
  return found
    .filter(({ path }) => path !== undefined)
    .map(({ object, path }) => `${object.kind}/${object.metadata?.name} ${path}`);
};
/** Replaces the live object; false when its status changed meanwhile. */
const replaced = async (object: KubeObject): Promise<boolean> => {
  try {
    await api.replace(resourceOf(object), replacement(object, await liveOf(object)), signal());
    return true;
  } catch (error) {
    assert.ok(error instanceof KubeApiError && error.code === 'conflict', String(error));
    return false;
  }
};
const podsOf = async (name: string): Promise<readonly Pod[]> =>
  (await api.list<Pod>(POD, { namespace, labelSelector: `app.kubernetes.io/part-of=${name}` }, signal())).items;
const statefulSetOf = (name: string): Promise<StatefulSet | undefined> =>
  api.get<StatefulSet>(resource('StatefulSet', 'statefulsets', 'apps'), { namespace, name: `rfr-${name}` }, signal());

describe('applied to a real API server', () => {
  for (const [index, [sentence, spec]] of Object.entries(VARIANTS).entries()) {
    test(`${sentence}: nothing differs afterwards, nothing is written twice, and the pods are admitted`, async () => {
      const made = { name: `v${index}`, spec: small(spec) };
      const objects = desired(made);
      await applyAll(objects);
      assert.deepEqual(await differences(objects), []);
      const again = desired(made, await statefulSetOf(made.name));
      assert.deepEqual(await differences(again), []);
      await applyAll(again);
      assert.deepEqual(await differences(again), []);
      const wanted = (made.spec.redis?.replicas ?? 0) + (made.spec.sentinel?.replicas ?? 0);
      await eventually(`${wanted} pods exist`, async () => (await podsOf(made.name)).length === wanted, LIMIT_MS);
      await deleteAll(again);
    });
  }
});

describe('a changed spec', () => {
  for (const [index, [sentence, { from, to, rolls }]] of Object.entries(CHANGES).entries()) {
    test(`${sentence}: it is noticed, applied, and ${rolls ? 'needs new pods' : 'needs no new pods'}`, async () => {
      const name = `c${index}`;
      const set = { kind: 'StatefulSet', metadata: { name: `rfr-${name}` } };
      await applyAll(desired({ name, spec: small(from) }));
      const template = templateOf(await liveOf(set));
      const next = desired({ name, spec: small(to) }, await statefulSetOf(name));
      if (rolls) assert.notDeepEqual(await differences(next), []);
      await applyAll(next);
      assert.deepEqual(await differences(next), []);
      assert.equal(template !== templateOf(await liveOf(set)), rolls);
      await deleteAll(next);
    });
  }
});

const templateOf = (object: KubeObject): string =>
  'spec' in object && isRecord(object.spec) ? JSON.stringify(object.spec['template']) : '';

describe('an edit by hand', () => {
  for (const [sentence, { kind, name, patch, path, refused = false }] of Object.entries(EDITS)) {
    test(`${sentence}: it is found and comes back`, async () => {
      const objects = desired({ name: 'edited', spec: {} });
      await applyAll(objects);
      const object = objects.find((one) => one.kind === kind && one.metadata?.name === name);
      assert.ok(object);
      await somebody.mergePatch(resourceOf(object), { namespace, name, patch }, signal());
      const live = await liveOf(object);
      assert.equal(differs(object, live), path);
      const applied = api.apply(resourceOf(object), object, signal());
      if (refused) {
        await assert.rejects(applied, { status: 422 });
        await eventually('the replacement meets no newer version', () => replaced(object));
      }
      await applied.catch(() => undefined);
      assert.equal(differs(object, await liveOf(object)), undefined);
      await api.apply(resourceOf(object), object, signal());
    });
  }
});
