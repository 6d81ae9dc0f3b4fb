/** The internal credentials as the cache has them, and how far each Redis is with them. */
import { createHash } from 'node:crypto';
import type { Secret } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../api/defaults.ts';
import { INTERNAL_USER, internalName } from '../api/names.ts';
import { wantsInternal } from '../core/credentials.ts';
import { INTERNAL_PASSWORD_KEY, type InternalCredentials } from '../core/objects/internal-secret.ts';
import type { Children, InternalFacts, InternalLogin, PodFacts } from '../core/observation.ts';
import type { KubeObject } from '../ports.ts';
import type { AclFacts } from '../redis/acl.ts';

/** What the failover has, by its Secret. */
export const internalLogin = (
  failover: DefaultedFailover,
  children: Children,
  redis: readonly PodFacts[],
): InternalLogin => {
  if (!wantsInternal(failover, children, redis)) return { kind: 'none' };
  const secret = children.others.get(`Secret/${internalName(failover.metadata.name)}`);
  const credentials = secret && credentialsIn(secret);
  if (credentials === undefined) return { kind: 'missing' };
  return { kind: 'password', ...credentials, since: Date.parse(secret?.metadata?.creationTimestamp ?? '') };
};

/** Sentinel writes the password into its own file without quotes, so one with blanks would keep it from starting again. */
const USABLE = /^[\w-]{16,128}$/;

/** The credentials that a Secret holds; undefined when it has no usable password. */
export const credentialsIn = (secret: KubeObject & Pick<Secret, 'data'>): InternalCredentials | undefined => {
  const password = Buffer.from(secret.data?.[INTERNAL_PASSWORD_KEY] ?? '', 'base64').toString('utf8');
  return USABLE.test(password) ? credentialsOf(password) : undefined;
};

/** The password with its hash, as Redis compares it. */
export const credentialsOf = (password: string): InternalCredentials => ({
  password,
  sha256: createHash('sha256').update(password).digest('hex'),
});

/** How far a Redis is with the credentials. */
export const internalFacts = (
  { enabled, hashes, masterUser, masterAuth }: AclFacts,
  { password, sha256 }: InternalCredentials,
): InternalFacts => ({
  accepted: enabled && hashes.includes(sha256),
  alsoEarlier: hashes.some((hash) => hash !== sha256),
  used: masterUser === INTERNAL_USER && masterAuth === password,
});
