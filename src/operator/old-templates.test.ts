import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { SimClock } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimRandom } from '../../sim/random.ts';
import { KubeApiError, type KubeErrorCode } from '../kube/errors.ts';
import { CONTROLLER_REVISIONS } from './kinds.ts';
import { oldTemplates } from './old-templates.ts';

const TEMPLATE = { spec: { containers: [{ name: 'redis' }] } };
const clock = new SimClock();
const { signal } = new AbortController();
const statefulSet = { status: { replicas: 3, updateRevision: 'new' } };

let api = new SimKubeApi({ clock, random: new SimRandom(1) });
let memory = { templates: new Map() };
let questions = 0;

beforeEach(async () => {
  api = new SimKubeApi({ clock, random: new SimRandom(1) });
  memory = { templates: new Map() };
  questions = 0;
  const kept = { metadata: { name: 'old', namespace: 'space' }, data: { spec: { template: TEMPLATE } } };
  await api.create(CONTROLLER_REVISIONS, kept, signal);
});

/** What is found for pods on these revisions, when the API server answers with an error or, unless given, as it should. */
const found = (revisions: readonly (string | undefined)[], error?: KubeErrorCode) => {
  const counted = intercept(api, () => {
    questions += 1;
    if (error !== undefined) throw new KubeApiError({ code: error, message: error });
  });
  const pods = revisions.map((revision) => ({ revision }));
  return oldTemplates({ api: counted, clock }, { namespace: 'space', statefulSet, pods, memory }, signal);
};

describe('what pods were made from', () => {
  test('is asked for once, and not for pods on the current revision', async () => {
    for (let pass = 0; pass < 2; pass += 1) {
      assert.deepEqual(await found(['new', 'old', 'old', undefined]), new Map([['old', TEMPLATE]]));
    }
    assert.equal(questions, 1);
  });

  test('is forgotten after the roll', async () => {
    await found(['old']);
    await found(['new']);
    assert.equal(memory.templates.size, 0);
  });

  test('is gone where the revision is kept no more, or may not be read', async () => {
    assert.deepEqual(await found(['older']), new Map([['older', 'gone']]));
    assert.deepEqual(await found(['old'], 'forbidden'), new Map([['old', 'gone']]));
  });

  test('is unknown while the API server does not answer', async () => {
    assert.deepEqual(await found(['old'], 'unreachable'), new Map());
    assert.deepEqual(await found(['old']), new Map([['old', TEMPLATE]]));
  });
});
