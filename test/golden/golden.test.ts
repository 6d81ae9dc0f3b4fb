import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { isRecord } from '../../src/core/objects/json.ts';
import { TEMPLATE_VERSION } from '../../src/core/objects/kept-template.ts';
import { type Golden, goldenFile, madeNow } from './golden.ts';

const HELP =
  'pods of users would restart. If a release has this version, raise TEMPLATE_VERSION in kept-template.ts; then run `make golden`';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by golden.ts
const golden = JSON.parse(readFileSync(goldenFile(TEMPLATE_VERSION), 'utf8')) as Golden;
const now = madeNow();

const templateOf = (object: unknown): unknown =>
  isRecord(object) && isRecord(object['spec']) ? object['spec']['template'] : undefined;

const templates = (all: Readonly<Record<string, unknown>> = {}) =>
  Object.entries(all).flatMap(([name, object]) => (templateOf(object) ? [[name, templateOf(object)]] : []));

describe(`objects of version ${TEMPLATE_VERSION}`, () => {
  for (const [variant, objects] of Object.entries(golden)) {
    test(`${variant}: pods are made of what they were made of`, () => {
      assert.deepEqual(templates(now[variant]), templates(objects), HELP);
    });
    test(`${variant}: the other objects are as they were`, () => {
      assert.deepEqual(now[variant], objects, 'if this is meant, run `make golden`');
    });
  }

  test('are there for every variant', () =>
    assert.deepEqual(Object.keys(now), Object.keys(golden), 'run `make golden`'));
});
