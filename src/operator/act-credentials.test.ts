import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Secret } from 'kubernetes-types/core/v1.js';
import { SimClock } from '../../sim/clock.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimRandom } from '../../sim/random.ts';
import { decide } from '../core/decide.ts';
import { observation } from '../core/fixtures.ts';
import { makeCredentials } from './act-credentials.ts';
import { credentialsIn, credentialsOf } from './internal-login.ts';
import { SECRETS } from './kinds.ts';

const KNOWN = 'known-to-the-pods';
const KEY = { namespace: 'space', name: 'rfi-test' };
const { signal } = new AbortController();
const { situation } = decide(observation({ internal: { kind: 'missing' } }));

/** A world with the Secret as it is given, and what is made of it. */
const made = async (live?: Secret): Promise<Secret | undefined> => {
  const clock = new SimClock();
  const random = new SimRandom(1);
  const api = new SimKubeApi({ clock, random });
  if (live !== undefined) await api.create(SECRETS, live, signal);
  await makeCredentials({ api, random }, { situation, signal });
  return api.get<Secret>(SECRETS, KEY, signal);
};

const secretWith = (data: Secret['data']): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: KEY,
  ...(data && { data }),
});

describe('the making of the Secret', () => {
  test('a new one has a random password of 64 digits', async () => {
    assert.match(credentialsIn((await made()) ?? {})?.password ?? '', /^[0-9a-f]{64}$/);
  });

  test('a password that is there is kept, also when the cache did not show it; what is missing comes back', async () => {
    const secret = await made(secretWith({ password: btoa(KNOWN) }));
    assert.equal(credentialsIn(secret ?? {})?.password, KNOWN);
    assert.equal(secret?.metadata?.labels?.['app.kubernetes.io/part-of'], 'test');
    assert.match(atob(secret.data?.['internal.conf'] ?? ''), new RegExp(`#${credentialsOf(KNOWN).sha256} `));
  });

  for (const password of ['', 'short', 'with blanks that Sentinel cannot read', 'ends-with-a-line-break\n']) {
    test(`${JSON.stringify(password)} is no usable password and is replaced`, async () => {
      const secret = await made(secretWith({ password: btoa(password) }));
      assert.match(credentialsIn(secret ?? {})?.password ?? '', /^[0-9a-f]{64}$/);
    });
  }

  test('the hash is that of Redis', () => {
    assert.equal(credentialsOf('secret').sha256, '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b');
  });
});
