/**
 * Every object of every variant of the spec, as the operator makes them: one file per version of the pod templates. Run as a
 * program it writes the file of the current version.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDefaults } from '../../src/api/defaults.ts';
import type { RedisFailoverSpec } from '../../src/api/types.ts';
import { desiredObjects } from '../../src/core/objects/desired.ts';
import { TEMPLATE_VERSION } from '../../src/core/objects/kept-template.ts';
import { VARIANTS } from '../conformance/object-variants.ts';

/** By variant, by `Kind/name`. */
export type Golden = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Of the templates of all components: how often one has changed. */
export const CURRENT = Math.max(...Object.values(TEMPLATE_VERSION));

/** The file of a version. */
export const goldenFile = (version: number): string => join(import.meta.dirname, `objects-v${version}.json`);

/** What the operator makes now, as it reads when it was written to a file. */
export const madeNow = (): Golden =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same value without what JSON leaves out
  JSON.parse(
    JSON.stringify(Object.fromEntries(Object.entries(VARIANTS).map(([name, spec]) => [name, objectsOf(spec)]))),
  ) as Golden;

const objectsOf = (spec: RedisFailoverSpec): Readonly<Record<string, unknown>> => {
  const metadata = { name: 'golden', namespace: 'space', uid: 'uid-of-golden', labels: { team: 'blue' } };
  const failover = withDefaults({ metadata, spec });
  const objects = desiredObjects({
    failover,
    redisReplicas: failover.spec.redis.replicas,
    ...(spec.auth?.secretPath && { login: { password: 'password' } }),
    ...(spec.auth?.sentinelSecretPath && {
      sentinelLogin: { own: { password: 'password', sha256: 'ab12' }, clientsSha256: 'cd34' },
    }),
    ...(spec.auth?.internalCredentials && { internal: { password: 'password', sha256: 'ab12' }, mountsInternal: true }),
  });
  return Object.fromEntries(objects.map((object) => [`${object.kind}/${object.metadata?.name}`, object]));
};

if (import.meta.main) {
  writeFileSync(goldenFile(CURRENT), `${JSON.stringify(madeNow(), undefined, 2)}\n`);
  console.log(`written: ${goldenFile(CURRENT)}`);
}
