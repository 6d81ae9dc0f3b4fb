import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ManagedFieldsEntry } from 'kubernetes-types/meta/v1.js';
import { takenOver } from './managed-fields.ts';

const entry = (change: Partial<ManagedFieldsEntry>): ManagedFieldsEntry => ({
  manager: 'somebody',
  operation: 'Update',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': { 'f:a': {} } },
  ...change,
});
const ours = entry({ manager: 'ours', operation: 'Apply', fieldsV1: { 'f:data': { 'f:b': {}, 'f:c': {} } } });

describe('taking over fields', () => {
  test('all that others wrote becomes one applied entry, with what was applied before', () => {
    const other = entry({
      manager: 'other',
      fieldsV1: { 'f:data': { 'f:b': {} }, 'f:spec': { 'k:{"name":"x"}': { '.': {} } } },
    });
    assert.deepEqual(takenOver([entry({}), ours, other], 'ours'), [
      entry({
        manager: 'ours',
        operation: 'Apply',
        fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {}, 'f:c': {} }, 'f:spec': { 'k:{"name":"x"}': { '.': {} } } },
      }),
    ]);
  });

  test('what others applied, and the status, stay theirs', () => {
    const applied = entry({ manager: 'argocd', operation: 'Apply' });
    const status = entry({ manager: 'controller', subresource: 'status', fieldsV1: { 'f:status': {} } });
    const [taken, ...rest] = takenOver([applied, status, entry({})], 'ours') ?? [];
    assert.deepEqual([taken?.manager, taken?.operation], ['ours', 'Apply']);
    assert.deepEqual(rest, [applied, status]);
  });

  test('there is nothing to take where all is applied', () => {
    assert.equal(takenOver([ours, entry({ manager: 'argocd', operation: 'Apply' })], 'ours'), undefined);
  });
});
