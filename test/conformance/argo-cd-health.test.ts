/**
 * The health check for Argo CD in docs/status.md, run by the Lua of a real Redis, which has the version of Argo CD’s: 5.1.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { CHECKOUT } from '../../cluster/layout.ts';
import { isRecord } from '../../src/core/objects/json.ts';
import { type RedisProcess, redis, stopAll } from './redis-process.ts';

const KEY = 'resource.customizations.health.databases.spotahome.com_RedisFailover';

/** What a user copies into `argocd-cm`. */
const snippet = (): string => {
  const document = readFileSync(join(CHECKOUT, 'docs', 'status.md'), 'utf8');
  const blocks = [...document.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const config: unknown = parse(blocks.find((block) => block.includes(KEY)) ?? '');
  const data = isRecord(config) ? config['data'] : undefined;
  return String(isRecord(data) ? data[KEY] : undefined);
};

const condition = (type: string, status: string): object => ({ type, status, message: `${type} is ${status}` });
const ready = (status: string) => condition('Ready', status);
const degraded = (status: string) => condition('Degraded', status);
const progressing = (status: string) => condition('Progressing', status);
const current = (...conditions: readonly object[]): object => ({ observedGeneration: 2, conditions });
const WAITING = { status: 'Progressing', message: 'waiting for the operator' };

const CASES: Readonly<Record<string, { readonly status?: object; readonly health: object }>> = {
  'no status is progressing': { health: WAITING },
  'a status without conditions is progressing': { status: { phase: 'Pending' }, health: WAITING },
  'a status of an earlier spec is progressing, however good': {
    status: { observedGeneration: 1, conditions: [ready('True')] },
    health: WAITING,
  },
  'conditions of other types alone are progressing': { status: current(progressing('True')), health: WAITING },
  'what is not Ready is progressing and says why': {
    status: current(ready('False'), progressing('True'), degraded('False')),
    health: { status: 'Progressing', message: 'Ready is False' },
  },
  'Ready is healthy': {
    status: current(ready('True'), progressing('False'), degraded('False')),
    health: { status: 'Healthy', message: 'Ready is True' },
  },
  'Ready during a roll is healthy': {
    status: current(ready('True'), progressing('True'), degraded('False')),
    health: { status: 'Healthy', message: 'Ready is True' },
  },
  'Degraded is degraded, also while it serves': {
    status: current(ready('True'), progressing('False'), degraded('True')),
    health: { status: 'Degraded', message: 'Degraded is True' },
  },
};

describe('Argo CD is told that', () => {
  let lua: RedisProcess;
  before(async () => {
    lua = await redis();
  });
  after(stopAll);

  for (const [sentence, { status, health }] of Object.entries(CASES)) {
    test(sentence, async () => {
      const script = `local obj = cjson.decode(ARGV[1])\nlocal function check()\n${snippet()}\nend\nreturn cjson.encode(check())`;
      const failover = { metadata: { generation: 2 }, ...(status && { status }) };
      const answer: unknown = JSON.parse(await lua.call('EVAL', script, '0', JSON.stringify(failover)));
      assert.deepEqual(answer, health);
    });
  }
});
