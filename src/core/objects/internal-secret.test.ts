import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { at, build, failover, keyOf } from './fixtures.ts';
import { internalSecret, mountsInternal } from './internal-secret.ts';

const CREDENTIALS = { password: 'hunter2 "quoted" \\ é', sha256: '0badcafe' };
const PODS = 'StatefulSet/rfr-test spec.template.spec';

/** What a key of the Secret holds. */
const text = (key: string): string =>
  Buffer.from(internalSecret(failover(), CREDENTIALS).data?.[key] ?? '', 'base64').toString('utf8');

describe('the Secret with the internal credentials', () => {
  test('holds the password as it is, for the operator', () => assert.equal(text('password'), CREDENTIALS.password));

  test('makes the user by the hash, without keys and with what replicas and Sentinels send', () => {
    const [user = ''] = text('internal.conf').split('\n');
    assert.match(
      user,
      /^user redis-operator-internal on #0badcafe resetkeys resetchannels &__sentinel__:hello -@all \+ping /,
    );
    assert.doesNotMatch(user, /@all.*@|~|\+config( |$)|\+client( |$)|\+acl|\+eval|\+set|\+get/);
  });

  test('lets replicas log in as that user, whatever the password is', () => {
    assert.deepEqual(text('internal.conf').split('\n').slice(1), [
      'masteruser redis-operator-internal',
      String.raw`masterauth "hunter2 \"quoted\" \\ \xc3\xa9"`,
      '',
    ]);
  });

  test('is there before the pods that mount it, and owned by the failover', () => {
    const keys = build({ internal: CREDENTIALS, mountsInternal: true }).map(keyOf);
    assert.ok(keys.indexOf('Secret/rfi-test') < keys.indexOf('StatefulSet/rfr-test'));
    assert.deepEqual(at(build({ internal: CREDENTIALS }), 'Secret/rfi-test metadata.ownerReferences.0.name'), 'test');
  });

  test('is the only object with the password or its hash', () => {
    const others = build({ internal: CREDENTIALS, mountsInternal: true }).filter(
      (one) => keyOf(one) !== 'Secret/rfi-test',
    );
    assert.doesNotMatch(JSON.stringify(others), /hunter2|0badcafe/);
  });
});

describe('the pods', () => {
  test('see the lines for redis.conf only, not the password on its own', () => {
    const pods = build({ mountsInternal: true });
    assert.deepEqual(at(pods, `${PODS}.volumes.4`), {
      name: 'redis-internal',
      secret: {
        secretName: 'rfi-test',
        defaultMode: 0o440,
        items: [{ key: 'internal.conf', path: 'internal.conf' }],
      },
    });
    const mount = { name: 'redis-internal', mountPath: '/redis-internal', readOnly: true };
    assert.deepEqual(at(pods, `${PODS}.containers.0.volumeMounts.4`), mount);
  });

  test('are the same for another password', () => {
    const [one, other] = ['a', 'b'].map((password) =>
      at(build({ mountsInternal: true, internal: { password, sha256: password } }), `StatefulSet/rfr-test spec`),
    );
    assert.deepEqual(one, other);
  });

  test('can be told from pods without', () => {
    const volumes = [{ name: 'redis-config' }];
    assert.equal(mountsInternal({ volumes: [...volumes, { name: 'redis-internal' }] }), true);
    assert.equal(mountsInternal({ volumes }), false);
    assert.equal(mountsInternal(undefined), false);
  });
});
