/** What the operator relies on of an API server, asserted of the simulated and of a real one alike. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ConfigMap, Pod } from 'kubernetes-types/core/v1.js';
import { hasCode, KubeApiError, type KubeErrorCode } from '../../src/kube/errors.ts';
import { LEASES } from '../../src/kube/lease-record.ts';
import type { KubeApi, KubeObject, Resource, Selection, WatchEvent } from '../../src/ports.ts';

/** An API under test and a namespace in it that is ours. */
export type Subject = { readonly api: KubeApi; readonly namespace: string; readonly close: () => Promise<void> };

const CONFIG_MAPS: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };
const PODS: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const TIMEOUT_MS = 20_000;

/** The assertions about writes and reads of single objects, then those about lists and watches. */
export const describeKubeApi = (title: string, connect: () => Promise<Subject>): void => {
  describe(title, { timeout: 120_000 }, () => {
    let subject: Subject | undefined;
    const use = (): Subject => {
      assert.ok(subject, 'not connected');
      return subject;
    };
    before(async () => {
      subject = await connect();
    });
    after(async () => {
      await subject?.close();
    });
    describeWrites(use);
    describeConditions(use);
    describeStatus(use);
    describeLists(use);
    describeWatches(use);
  });
};

const signal = (): AbortSignal => AbortSignal.timeout(TIMEOUT_MS);

const configMap = (
  { namespace }: Subject,
  name: string,
  { data = {}, labels = {} }: { data?: Record<string, string>; labels?: Record<string, string> } = {},
): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, labels }, data });

const rejectsWith = async (promise: Promise<unknown>, code: KubeErrorCode): Promise<void> => {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof KubeApiError, String(error));
    assert.equal(error.code, code, error.message);
    return hasCode(error, code);
  });
};

const versionOf = ({ metadata }: KubeObject): string => metadata?.resourceVersion ?? '';

const describeWrites = (use: () => Subject): void => {
  test('what is created can be read back, with a uid and a resource version', async () => {
    const { api, namespace } = use();
    const created = await api.create(CONFIG_MAPS, configMap(use(), 'created', { data: { a: '1' } }), signal());
    const read = await api.get<ConfigMap>(CONFIG_MAPS, { namespace, name: 'created' }, signal());
    assert.deepEqual(read?.data, { a: '1' });
    assert.equal(read?.metadata?.uid, created.metadata?.uid);
    assert.match(read?.metadata?.uid ?? '', /^[0-9a-f-]{36}$/);
    assert.match(versionOf(created), /^\d+$/);
  });

  test('what does not exist is undefined, and cannot be patched or replaced', async () => {
    const { api, namespace } = use();
    const key = { namespace, name: 'missing' };
    assert.equal(await api.get(CONFIG_MAPS, key, signal()), undefined);
    assert.equal(await api.delete(CONFIG_MAPS, key, signal()), false);
    await rejectsWith(api.mergePatch(CONFIG_MAPS, { ...key, patch: { data: { a: '1' } } }, signal()), 'not-found');
    await rejectsWith(api.replace(CONFIG_MAPS, configMap(use(), 'missing'), signal()), 'not-found');
  });

  test('a name is taken once', async () => {
    const { api } = use();
    await api.create(CONFIG_MAPS, configMap(use(), 'taken'), signal());
    await rejectsWith(api.create(CONFIG_MAPS, configMap(use(), 'taken'), signal()), 'already-exists');
  });

  test('a write that changes nothing keeps the resource version', async () => {
    const { api, namespace } = use();
    const object = configMap(use(), 'same', { data: { a: '1' } });
    const first = await api.apply(CONFIG_MAPS, object, signal());
    const second = await api.apply(CONFIG_MAPS, object, signal());
    const patch = { data: { a: '1' } };
    const third = await api.mergePatch<ConfigMap>(CONFIG_MAPS, { namespace, name: 'same', patch }, signal());
    assert.equal(versionOf(second), versionOf(first));
    assert.equal(versionOf(third), versionOf(first));
  });

  test('apply removes what it no longer has and leaves what others wrote', async () => {
    const { api, namespace } = use();
    await api.apply(CONFIG_MAPS, configMap(use(), 'applied', { data: { ours: '1', dropped: '1' } }), signal());
    const patch = { data: { theirs: '1' } };
    await api.mergePatch(CONFIG_MAPS, { namespace, name: 'applied', patch }, signal());
    const applied = await api.apply(CONFIG_MAPS, configMap(use(), 'applied', { data: { ours: '2' } }), signal());
    assert.deepEqual(applied.data, { ours: '2', theirs: '1' });
  });

  test('a merge patch merges maps and removes what is null', async () => {
    const { api, namespace } = use();
    await api.create(CONFIG_MAPS, configMap(use(), 'patched', { data: { a: '1', b: '1' } }), signal());
    const patch = { data: { a: null, c: '1' } };
    const patched = await api.mergePatch<ConfigMap>(CONFIG_MAPS, { namespace, name: 'patched', patch }, signal());
    assert.deepEqual(patched.data, { b: '1', c: '1' });
  });

  test('micro times keep their six digits', async () => {
    const { api, namespace } = use();
    const spec = { holderIdentity: '', leaseDurationSeconds: 1, renewTime: '2026-01-02T03:04:05.678901Z' };
    const metadata = { namespace, name: 'micro' };
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    const created = await api.create(LEASES, lease, signal());
    assert.deepEqual(created.spec, spec);
  });
};

const describeConditions = (use: () => Subject): void => {
  test('replace takes the current version only', async () => {
    const { api } = use();
    const first = await api.create(CONFIG_MAPS, configMap(use(), 'replaced'), signal());
    const second = await api.replace(CONFIG_MAPS, { ...first, data: { a: '1' } }, signal());
    assert.notEqual(versionOf(second), versionOf(first));
    await rejectsWith(api.replace(CONFIG_MAPS, { ...first, data: { a: '2' } }, signal()), 'conflict');
  });

  test('a merge patch can be made conditional on the resource version and on the uid', async () => {
    const { api, namespace } = use();
    const { metadata } = await api.create(CONFIG_MAPS, configMap(use(), 'conditional'), signal());
    const patchWith = (condition: object): Promise<KubeObject> => {
      const patch = { metadata: condition, data: { a: '1' } };
      return api.mergePatch(CONFIG_MAPS, { namespace, name: 'conditional', patch }, signal());
    };
    await rejectsWith(patchWith({ resourceVersion: '1' }), 'conflict');
    await rejectsWith(patchWith({ uid: '00000000-0000-0000-0000-000000000000' }), 'conflict');
    await patchWith({ resourceVersion: metadata?.resourceVersion, uid: metadata?.uid });
  });

  test('delete refuses another uid or version, then deletes', async () => {
    const { api, namespace } = use();
    const { metadata } = await api.create(CONFIG_MAPS, configMap(use(), 'deleted'), signal());
    const key = { namespace, name: 'deleted' };
    const uid = metadata?.uid ?? '';
    await rejectsWith(
      api.delete(CONFIG_MAPS, { ...key, uid: '00000000-0000-0000-0000-000000000000' }, signal()),
      'conflict',
    );
    await rejectsWith(api.delete(CONFIG_MAPS, { ...key, resourceVersion: '1' }, signal()), 'conflict');
    assert.equal(await api.delete(CONFIG_MAPS, { ...key, uid }, signal()), true);
    assert.equal(await api.get(CONFIG_MAPS, key, signal()), undefined);
  });

  test('an object with a finalizer stays until the finalizer is gone', async () => {
    const { api, namespace } = use();
    const object = configMap(use(), 'finalized');
    const metadata = { ...object.metadata, finalizers: ['example.com/wait'] };
    await api.create(CONFIG_MAPS, { ...object, metadata }, signal());
    const key = { namespace, name: 'finalized' };
    assert.equal(await api.delete(CONFIG_MAPS, key, signal()), true);
    const marked = await api.get<ConfigMap>(CONFIG_MAPS, key, signal());
    assert.match(marked?.metadata?.deletionTimestamp ?? '', /^\d{4}-/);
    await api.mergePatch(CONFIG_MAPS, { ...key, patch: { metadata: { finalizers: null } } }, signal());
    assert.equal(await api.get(CONFIG_MAPS, key, signal()), undefined);
  });
};

const describeStatus = (use: () => Subject): void => {
  test('the status is written through its subresource only, the rest not through it', async () => {
    const { api, namespace } = use();
    const key = { namespace, name: 'status' };
    const pod = { ...POD, metadata: key };
    await api.create<Pod>(PODS, pod, signal());
    await api.mergePatch(PODS, { ...key, patch: { status: { message: 'ignored' } } }, signal());
    const patch = { status: { message: 'kept' }, metadata: { labels: { ignored: 'yes' } } };
    await api.mergePatch(PODS, { ...key, subresource: 'status', patch }, signal());
    const read = await api.get<Pod>(PODS, key, signal());
    assert.equal(read?.status?.message, 'kept');
    await api.delete(PODS, { ...key, gracePeriodSeconds: 0 }, signal());
  });
};

/** Never scheduled: no node has this label. */
const POD: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  spec: {
    nodeSelector: { 'example.com/none': 'such' },
    automountServiceAccountToken: false,
    containers: [{ name: 'main', image: 'example.com/none' }],
  },
};

const describeLists = (use: () => Subject): void => {
  test('a list is what the selectors select, in the namespace asked for', async () => {
    const { api, namespace } = use();
    for (const [name, app] of Object.entries({ 'list-a': 'x', 'list-b': 'x', 'list-c': 'y' })) {
      await api.create(CONFIG_MAPS, configMap(use(), name, { labels: { app } }), signal());
    }
    const namesOf = async (selection: Selection): Promise<string[]> => {
      const { items } = await api.list<ConfigMap>(CONFIG_MAPS, { namespace, ...selection }, signal());
      return items.map(({ metadata }) => metadata?.name ?? '');
    };
    assert.deepEqual(await namesOf({ labelSelector: 'app=x' }), ['list-a', 'list-b']);
    assert.deepEqual(await namesOf({ labelSelector: 'app in (x,y),app!=x' }), ['list-c']);
    assert.deepEqual(await namesOf({ labelSelector: 'app notin (x),app' }), ['list-c']);
    assert.deepEqual(await namesOf({ fieldSelector: 'metadata.name=list-b' }), ['list-b']);
    assert.deepEqual(await namesOf({ namespace: 'no-such-namespace' }), []);
  });

  test('a field that is true or false is selected by these words', async () => {
    const { api, namespace } = use();
    for (const hostNetwork of [true, false]) {
      const metadata = { namespace, name: `field-${hostNetwork}` };
      await api.create<Pod>(PODS, { ...POD, metadata, spec: { containers: [], ...POD.spec, hostNetwork } }, signal());
    }
    const { items } = await api.list<Pod>(PODS, { namespace, fieldSelector: 'spec.hostNetwork=true' }, signal());
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.name),
      ['field-true'],
    );
  });
};

const describeWatches = (use: () => Subject): void => {
  test('a watch from a list brings every change after it, in order', async () => {
    const { api, namespace } = use();
    const selection = { namespace, labelSelector: 'watch=changes' };
    const { resourceVersion } = await api.list(CONFIG_MAPS, selection, signal());
    const labelled = configMap(use(), 'watched', { labels: { watch: 'changes' } });
    await api.create(CONFIG_MAPS, labelled, signal());
    await api.mergePatch(CONFIG_MAPS, { namespace, name: 'watched', patch: { data: { a: '1' } } }, signal());
    await api.delete(CONFIG_MAPS, { namespace, name: 'watched' }, signal());
    const events = await take(3, api.watch<ConfigMap>(CONFIG_MAPS, { ...selection, resourceVersion }, signal()));
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED', 'MODIFIED', 'DELETED'],
    );
    const versions = events.map((event) => Number(event.type === 'ERROR' ? 0 : versionOf(event.object)));
    assert.deepEqual(
      versions,
      versions.toSorted((left, right) => left - right),
      'a deletion has a version of its own',
    );
  });

  test('an object that no longer matches the selector is deleted, to the watch', async () => {
    const { api, namespace } = use();
    const selection = { namespace, labelSelector: 'watch=match' };
    const { resourceVersion } = await api.list(CONFIG_MAPS, selection, signal());
    await api.create(CONFIG_MAPS, configMap(use(), 'leaves', { labels: { watch: 'match' } }), signal());
    const patch = { metadata: { labels: { watch: 'other' } } };
    await api.mergePatch(CONFIG_MAPS, { namespace, name: 'leaves', patch }, signal());
    const events = await take(2, api.watch<ConfigMap>(CONFIG_MAPS, { ...selection, resourceVersion }, signal()));
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED', 'DELETED'],
    );
  });

  test('a watch ends with the reason of its signal', async () => {
    const { api, namespace } = use();
    const { resourceVersion } = await api.list(CONFIG_MAPS, { namespace }, signal());
    const controller = new AbortController();
    const watching = take(1, api.watch(CONFIG_MAPS, { namespace, resourceVersion }, controller.signal));
    const reason = new Error('enough');
    controller.abort(reason);
    await assert.rejects(watching, reason);
  });
};

const take = async <T extends KubeObject>(
  count: number,
  events: AsyncIterable<WatchEvent<T>>,
): Promise<WatchEvent<T>[]> => {
  const taken: WatchEvent<T>[] = [];
  for await (const event of events) {
    if (event.type !== 'BOOKMARK') taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
};
