import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resource } from '../ports.ts';
import { hasCode } from './errors.ts';
import { applyRequest, createRequest, deleteRequest, getRequest, listRequest, mergePatchRequest } from './requests.ts';

const PODS: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const NODES: Resource = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
const SETS: Resource = { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet', namespaced: true };
const page = { limit: 500, continue: undefined };

const paths = [
  {
    sentence: 'core group',
    path: getRequest(PODS, { namespace: 'a', name: 'p' }).path,
    is: '/api/v1/namespaces/a/pods/p',
  },
  {
    sentence: 'named group',
    path: getRequest(SETS, { namespace: 'a', name: 's' }).path,
    is: '/apis/apps/v1/namespaces/a/statefulsets/s',
  },
  { sentence: 'cluster scope', path: getRequest(NODES, { namespace: 'a', name: 'n' }).path, is: '/api/v1/nodes/n' },
  { sentence: 'all namespaces', path: listRequest(PODS, page).path, is: '/api/v1/pods?limit=500' },
  {
    sentence: 'a name that would leave its path',
    path: getRequest(PODS, { namespace: 'a', name: '../secrets' }).path,
    is: '/api/v1/namespaces/a/pods/..%2Fsecrets',
  },
  {
    sentence: 'the status subresource',
    path: mergePatchRequest(PODS, { namespace: 'a', name: 'p', subresource: 'status', patch: {}, fieldManager: 'm' })
      .path,
    is: '/api/v1/namespaces/a/pods/p/status?fieldManager=m',
  },
  {
    sentence: 'the resize subresource',
    path: mergePatchRequest(PODS, { namespace: 'a', name: 'p', subresource: 'resize', patch: {}, fieldManager: 'm' })
      .path,
    is: '/api/v1/namespaces/a/pods/p/resize?fieldManager=m',
  },
  {
    sentence: 'a created object goes to its collection',
    path: createRequest(PODS, { object: { metadata: { namespace: 'a', name: 'p' } }, fieldManager: 'm' }).path,
    is: '/api/v1/namespaces/a/pods?fieldManager=m',
  },
];

for (const { sentence, path, is } of paths) test(`path: ${sentence}`, () => assert.equal(path, is));

test('apply forces its fields, as YAML that happens to be JSON', () => {
  const object = { metadata: { namespace: 'a', name: 'p' } };
  const { path, contentType, body } = applyRequest(PODS, { object, fieldManager: 'm' });
  assert.equal(path, '/api/v1/namespaces/a/pods/p?fieldManager=m&force=true');
  assert.equal(contentType, 'application/apply-patch+yaml');
  assert.equal(body, object);
});

test('an object without a name cannot be applied', () => {
  assert.throws(
    () => applyRequest(PODS, { object: { metadata: { namespace: 'a' } }, fieldManager: 'm' }),
    (error) => hasCode(error, 'invalid'),
  );
});

test('a delete carries its preconditions', () => {
  const { body } = deleteRequest(PODS, { namespace: 'a', name: 'p', uid: 'u', gracePeriodSeconds: 0 });
  assert.partialDeepStrictEqual(body, { gracePeriodSeconds: 0, preconditions: { uid: 'u' } });
});
