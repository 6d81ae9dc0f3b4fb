import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../ports.ts';
import { type Change, Store } from './store.ts';

const object = (name: string, version: number, labels: Record<string, string> = {}): KubeObject => ({
  metadata: { namespace: 'default', name, resourceVersion: String(version), labels },
});

const recorded = (store: Store<KubeObject>): string[] => {
  const changes: string[] = [];
  store.subscribe((change: Change<KubeObject>) => changes.push(`${change.type} ${change.object.metadata?.name}`));
  return changes;
};

test('a list adds what is new, changes what has another version, and deletes what is not in it', () => {
  const store = new Store<KubeObject>();
  store.replace([object('gone', 1), object('same', 2), object('changed', 3)]);
  const changes = recorded(store);
  store.replace([object('same', 2), object('changed', 4), object('new', 5)]);
  assert.deepEqual(changes, ['deleted gone', 'changed changed', 'added new']);
  assert.equal(store.size, 3);
});

test('a list counts even if its versions are lower: etcd was restored', () => {
  const store = new Store<KubeObject>();
  store.replace([object('a', 100)]);
  store.replace([object('a', 7)]);
  assert.equal(store.get({ namespace: 'default', name: 'a' })?.metadata?.resourceVersion, '7');
});

test('the store is synced after its first list', async () => {
  const store = new Store<KubeObject>();
  assert.equal(store.synced, false);
  store.replace([]);
  await store.whenSynced;
  assert.equal(store.synced, true);
});

test('an event that brings the held version or an older one is ignored', () => {
  const store = new Store<KubeObject>();
  store.put(object('a', 10));
  const changes = recorded(store);
  store.put(object('a', 10));
  store.put(object('a', 9));
  store.remove(object('a', 9));
  assert.deepEqual(changes, []);
  store.put(object('a', 11));
  store.remove(object('a', 12));
  assert.deepEqual(changes, ['changed a', 'deleted a']);
});

test('a change tells what was there before', () => {
  const store = new Store<KubeObject>();
  store.put(object('a', 1));
  const previous: (string | undefined)[] = [];
  store.subscribe((change) => {
    if (change.type === 'changed') previous.push(change.previous.metadata?.resourceVersion);
  });
  store.put(object('a', 2));
  assert.deepEqual(previous, ['1']);
});

test('who unsubscribed hears nothing', () => {
  const store = new Store<KubeObject>();
  const heard: unknown[] = [];
  const unsubscribe = store.subscribe((change) => heard.push(change));
  unsubscribe();
  store.put(object('a', 1));
  assert.deepEqual(heard, []);
});

test('the index follows every change', () => {
  const store = new Store<KubeObject>({ index: ({ metadata }) => Object.values(metadata?.labels ?? {}) });
  const namesOf = (value: string): (string | undefined)[] => store.byIndex(value).map(({ metadata }) => metadata?.name);
  store.put(object('a', 1, { of: 'x' }));
  store.put(object('b', 2, { of: 'x' }));
  assert.deepEqual(namesOf('x'), ['a', 'b']);
  store.put(object('a', 3, { of: 'y' }));
  assert.deepEqual([namesOf('x'), namesOf('y')], [['b'], ['a']]);
  store.remove(object('b', 4, { of: 'x' }));
  store.replace([object('a', 5, { of: 'z' })]);
  assert.deepEqual([namesOf('x'), namesOf('y'), namesOf('z')], [[], [], ['a']]);
});

const transform = ({ metadata }: KubeObject): KubeObject => ({ metadata: { ...metadata, managedFields: [] } });

test('what the transform drops is not kept', () => {
  const store = new Store<KubeObject>({ transform });
  store.put({ metadata: { ...object('a', 1).metadata, managedFields: [{ manager: 'm' }] } });
  assert.deepEqual(store.list()[0]?.metadata?.managedFields, []);
});
