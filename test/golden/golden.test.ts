import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { isRecord } from '../../src/core/objects/json.ts';
import { TEMPLATE_VERSION } from '../../src/core/objects/kept-template.ts';
import { CURRENT, type Golden, goldenFile, madeNow } from './golden.ts';

const HELP =
  'pods of users would restart. If a release has this version, raise TEMPLATE_VERSION in kept-template.ts; then run `make golden`';

const read = (version: number): Golden =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by golden.ts
  JSON.parse(readFileSync(goldenFile(version), 'utf8')) as Golden;
const golden = read(CURRENT);
const now = madeNow();

const templateOf = (object: unknown): unknown =>
  isRecord(object) && isRecord(object['spec']) ? object['spec']['template'] : undefined;

const templates = (all: Readonly<Record<string, unknown>> = {}) =>
  Object.entries(all).flatMap(([name, object]) => (templateOf(object) ? [[name, templateOf(object)]] : []));

describe(`objects of version ${CURRENT}`, () => {
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

/** What a workload has the same template as, by the first word of its key. */
const VERSIONS = { StatefulSet: TEMPLATE_VERSION.redis, Deployment: TEMPLATE_VERSION.sentinel };

const ofKind = (kind: string, all: Readonly<Record<string, unknown>> = {}) =>
  templates(all).filter(([name]) => String(name).startsWith(kind));

describe('a component whose template has an earlier version', () => {
  for (const [kind, version] of Object.entries(VERSIONS).filter(([, one]) => one < CURRENT)) {
    for (const [variant, objects] of Object.entries(read(version))) {
      test(`${variant}: pods of the ${kind} are made of what they were made of in version ${version}`, () => {
        const before = ofKind(kind, objects);
        assert.ok(before.length > 0);
        assert.deepEqual(ofKind(kind, now[variant]), before, HELP);
      });
    }
  }
});
