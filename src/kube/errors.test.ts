import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOfStatus, isMissingObject } from './errors.ts';

const status = (fields: object): string => JSON.stringify({ kind: 'Status', apiVersion: 'v1', ...fields });
const uidCause = { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.uid' }] };

const cases = [
  { sentence: 'a name that is taken', http: 409, body: status({ reason: 'AlreadyExists' }), code: 'already-exists' },
  { sentence: 'a write to an old version', http: 409, body: status({ reason: 'Conflict' }), code: 'conflict' },
  { sentence: 'a patch for another uid', http: 422, body: status({ details: uidCause }), code: 'conflict' },
  { sentence: 'an invalid field', http: 422, body: status({ reason: 'Invalid' }), code: 'invalid' },
  { sentence: 'an object that does not exist', http: 404, body: status({ reason: 'NotFound' }), code: 'not-found' },
  { sentence: 'a resource version too old', http: 410, body: status({ reason: 'Expired' }), code: 'gone' },
  { sentence: 'no permission', http: 403, body: status({ reason: 'Forbidden' }), code: 'forbidden' },
  { sentence: 'no identity', http: 401, body: status({ reason: 'Unauthorized' }), code: 'unauthorized' },
  { sentence: 'too many requests', http: 429, body: '', code: 'throttled' },
  { sentence: 'a resource version too new', http: 504, body: status({ reason: 'Timeout' }), code: 'timeout' },
  { sentence: 'an etcd without a leader', http: 500, body: status({}), code: 'server' },
  { sentence: 'a load balancer without a server', http: 503, body: '<html>', code: 'server' },
] as const;

for (const { sentence, http, body, code } of cases) {
  test(`${sentence} (${http}) is ${code}`, () => {
    const error = errorOfStatus(http, body);
    assert.equal(error.code, code);
    assert.equal(error.status, http);
  });
}

test('the message is the one of the Status, or what else the server said', () => {
  assert.equal(errorOfStatus(403, status({ message: 'no way' })).message, 'no way');
  assert.equal(errorOfStatus(404, '404 page not found\n').message, '404 page not found');
  assert.equal(errorOfStatus(502, '').message, 'the API server answered 502');
});

test('a path that does not exist is no missing object', () => {
  assert.equal(isMissingObject(errorOfStatus(404, '404 page not found\n')), false);
  assert.equal(isMissingObject(errorOfStatus(404, status({ reason: 'NotFound' }))), true);
});
