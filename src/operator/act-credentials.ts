/** The actions on the internal credentials. */
import type { Secret } from 'kubernetes-types/core/v1.js';
import { INTERNAL_USER, internalName } from '../api/names.ts';
import { upstreamLogin } from '../core/credentials.ts';
import { withAppliedHash } from '../core/objects/applied-hash.ts';
import { INTERNAL_RIGHTS, type InternalCredentials, internalSecret } from '../core/objects/internal-secret.ts';
import { replacement } from '../core/objects/replacement.ts';
import type { ActionOf } from '../core/plan.ts';
import type { ObjectKey } from '../ports.ts';
import { aclSetUser } from '../redis/acl.ts';
import { configSet, setMasterLogin } from '../redis/commands.ts';
import { CALL_MS } from './connections.ts';
import type { Context } from './context.ts';
import { credentialsIn, credentialsOf } from './internal-login.ts';
import { SECRETS } from './kinds.ts';
import { DONE, type Occasion, type Outcome, redisLink } from './occasion.ts';

/** Makes the Secret `rfi-NAME` with a random password. */
export const makeCredentials = (
  context: Pick<Context, 'api' | 'random'>,
  { situation: { failover }, signal }: Pick<Occasion, 'situation' | 'signal'>,
): Promise<Outcome> => {
  const key = { namespace: failover.metadata.namespace, name: internalName(failover.metadata.name) };
  return makeSecret(context, { key, signal }, (credentials) => internalSecret(failover, credentials));
};

/**
 * Makes a Secret with a random password, if there is really none: the cache may be behind, or not show a Secret that lost
 * its labels, and a password that pods already know must never be replaced by another.
 */
export const makeSecret = async (
  { api, random }: Pick<Context, 'api' | 'random'>,
  { key, signal }: { readonly key: ObjectKey; readonly signal: AbortSignal },
  build: (credentials: InternalCredentials) => Secret,
): Promise<Outcome> => {
  const live = await api.get<Secret>(SECRETS, key, signal);
  const known = live && credentialsIn(live);
  const secret = withAppliedHash(build(known ?? credentialsOf(randomPassword(random))));
  if (live === undefined) await api.create(SECRETS, secret, signal);
  else if (known !== undefined) await api.apply(SECRETS, secret, signal);
  else await api.replace(SECRETS, replacement(secret, live), signal);
  return DONE;
};

/** 64 hexadecimal digits of two random UUIDs: 244 random bits, and nothing that has to be quoted. */
const randomPassword = (random: Context['random']): string => `${random.uuid()}${random.uuid()}`.replaceAll('-', '');

/** Makes the internal user on a running Redis, or lets it log in with the current password. */
export const admitInternal = async (
  context: Context,
  occasion: Occasion,
  { target, earlier }: ActionOf<'admit-internal'>,
): Promise<Outcome> => {
  const { internal } = occasion.situation;
  if (internal.kind !== 'password') return { kind: 'outdated', because: 'there are no internal credentials' };
  const passwords = [...(earlier === 'revoked' ? ['resetpass'] : []), `#${internal.sha256}`];
  const rules = ['on', ...passwords, ...INTERNAL_RIGHTS];
  await aclSetUser(redisLink(context, occasion, target), { user: INTERNAL_USER, rules }, CALL_MS);
  return DONE;
};

/** Lets a running Redis log in to its master as the internal user. The connection it has stays. */
export const useInternal = async (
  context: Context,
  occasion: Occasion,
  { target }: ActionOf<'use-internal'>,
): Promise<Outcome> => {
  const { internal } = occasion.situation;
  if (internal.kind !== 'password') return { kind: 'outdated', because: 'there are no internal credentials' };
  const link = redisLink(context, occasion, target);
  await configSet(link, { parameter: 'masterauth', value: internal.password }, CALL_MS);
  await configSet(link, { parameter: 'masteruser', value: INTERNAL_USER }, CALL_MS);
  return DONE;
};

/** Lets a running Redis log in to what it follows as the situation wants it. The connection it has stays. */
export const logIn = async (context: Context, occasion: Occasion, { target }: ActionOf<'log-in'>): Promise<Outcome> => {
  const { situation } = occasion;
  const pod = situation.redis.find(({ uid }) => uid === target.uid);
  const login = pod && upstreamLogin(situation, pod);
  if (login === undefined) return { kind: 'outdated', because: 'the password is not known' };
  await setMasterLogin(redisLink(context, occasion, target), login, CALL_MS);
  return DONE;
};
