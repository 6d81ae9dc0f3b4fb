import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { RedisFailoverSpec } from '../../api/types.ts';
import { FAILOVER, observation } from '../fixtures.ts';
import type { Login } from '../observation.ts';
import { situationOf } from '../situation.ts';
import { reportLineBreak } from './report-line-break.ts';

const BROKEN: Login = { kind: 'password', password: 'p', endsInLineBreak: true };
const auth = { secretPath: 'login' };
const EXPORTER: RedisFailoverSpec = { auth, redis: { exporter: { enabled: true } } };
const SIDECAR: RedisFailoverSpec = { auth, redis: { extraContainers: [{ name: 'backup', image: 'i' }] } };

const problemOf = (login: Login, spec: RedisFailoverSpec) =>
  reportLineBreak(situationOf(observation({ login, failover: { ...FAILOVER, spec } }))).problems?.[0];

describe('a Secret that ends in a line break', () => {
  for (const [reader, spec] of [
    ['redis-exporter', EXPORTER],
    ['backup', SIDECAR],
  ] as const) {
    test(`is reported with the container ${reader} that cannot log in by it`, () => {
      const { reason, message = '' } = problemOf(BROKEN, spec) ?? {};
      assert.equal(reason, 'PasswordEndsInLineBreak');
      assert.match(message, new RegExp(`Secret login .* ${reader} cannot log in`));
    });
  }

  test('is nobody’s trouble while only Redis reads it', () => {
    assert.equal(problemOf(BROKEN, { auth }), undefined);
    assert.equal(problemOf(BROKEN, { auth, redis: { exporter: { enabled: false } } }), undefined);
  });

  test('is what is reported, not any other', () => {
    assert.equal(problemOf({ kind: 'password', password: 'p' }, EXPORTER), undefined);
    assert.equal(problemOf({ kind: 'missing', message: '' }, EXPORTER), undefined);
  });

  test('is mended by the command of the message, whatever is in the password', async () => {
    const password = `a "b" \\ $c % é\nd`;
    const command = /takes it away: (.*)$/s.exec(problemOf(BROKEN, EXPORTER)?.message ?? '')?.[1] ?? '';
    const kubectl = 'kubectl() { if [ "$1" = get ]; then printf %s "$DATA"; else cat; fi; }';
    const env = { PATH: process.env['PATH'], DATA: Buffer.from(`${password}\n\n`).toString('base64') };
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${kubectl}; ${command}`], { env });
    assert.deepEqual(JSON.parse(stdout), { data: { password: Buffer.from(password).toString('base64') } });
  });
});
