/** The commands about ACL users, typed. All reject with `RedisError`; `timeoutMs` bounds each. */
import type { RedisReply } from '../ports.ts';
import { type Caller, configGet, sentinelConfigGet } from './commands.ts';
import { RedisError } from './errors.ts';

/** An ACL user as a Redis has it, and the login that Redis itself uses as a replica. */
export type AclFacts = {
  readonly enabled: boolean;
  /** SHA-256 of every password it may log in with, in hexadecimal digits. */
  readonly hashes: readonly string[];
  readonly masterUser: string;
  readonly masterAuth: string;
};

/** Undefined where there is no ACL, as before Redis 6. https://redis.io/docs/latest/commands/acl-getuser/ */
export const readAclFacts = async (caller: Caller, user: string, timeoutMs: number): Promise<AclFacts | undefined> => {
  try {
    const [reply, settings] = await Promise.all([
      caller.call(['ACL', 'GETUSER', user], timeoutMs),
      configGet(caller, 'master*', timeoutMs),
    ]);
    return {
      enabled: wordsAt(reply, 'flags').includes('on'),
      hashes: wordsAt(reply, 'passwords'),
      masterUser: settings.get('masteruser') ?? '',
      masterAuth: settings.get('masterauth') ?? '',
    };
  } catch (error) {
    if (error instanceof RedisError && error.code === 'reply') return undefined;
    throw error;
  }
};

/** Whom a Sentinel lets in, and as whom it logs in to other Sentinels. */
export type SentinelAcl = {
  /** The default user needs no password. */
  readonly open: boolean;
  /** SHA-256 of every password of the default user, in hexadecimal digits. */
  readonly clients: readonly string[];
  /** The same of the other user; empty while it does not exist or may not log in. */
  readonly internal: readonly string[];
  readonly user: string;
  readonly password: string;
};

/**
 * Undefined where Sentinel has no ACL, as before Redis 6.2.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#sentinel-commands
 */
export const readSentinelAcl = async (
  caller: Caller,
  user: string,
  timeoutMs: number,
): Promise<SentinelAcl | undefined> => {
  try {
    const [clients, internal, login] = await Promise.all([
      caller.call(['ACL', 'GETUSER', 'default'], timeoutMs),
      caller.call(['ACL', 'GETUSER', user], timeoutMs),
      sentinelConfigGet(caller, 'sentinel-*', timeoutMs),
    ]);
    return {
      open: wordsAt(clients, 'flags').includes('nopass'),
      clients: wordsAt(clients, 'passwords'),
      internal: wordsAt(internal, 'flags').includes('on') ? wordsAt(internal, 'passwords') : [],
      user: login.get('sentinel-user') ?? '',
      password: login.get('sentinel-pass') ?? '',
    };
  } catch (error) {
    if (error instanceof RedisError && error.code === 'reply') return undefined;
    throw error;
  }
};

/** Adds to what a user may do, or makes the user. https://redis.io/docs/latest/commands/acl-setuser/ */
export const aclSetUser = async (
  caller: Caller,
  { user, rules }: { readonly user: string; readonly rules: readonly string[] },
  timeoutMs: number,
): Promise<void> => {
  await caller.call(['ACL', 'SETUSER', user, ...rules], timeoutMs);
};

/** Ends the connections of the user, too. https://redis.io/docs/latest/commands/acl-deluser/ */
export const aclDeleteUser = async (caller: Caller, user: string, timeoutMs: number): Promise<void> => {
  await caller.call(['ACL', 'DELUSER', user], timeoutMs);
};

/**
 * Whether the Sentinel of this id is logged in as `user`, by its connection for messages, which it names after itself.
 * https://redis.io/docs/latest/commands/client-list/
 */
export const isSentinelLoggedIn = async (
  caller: Caller,
  { id, user }: { readonly id: string; readonly user: string },
  timeoutMs: number,
): Promise<boolean> => {
  const reply = await caller.call(['CLIENT', 'LIST', 'TYPE', 'pubsub'], timeoutMs);
  const wanted = [`name=sentinel-${id.slice(0, 8)}-pubsub`, `user=${user}`];
  return String(reply)
    .split('\n')
    .map((line) => line.split(' '))
    .some((fields) => wanted.every((field) => fields.includes(field)));
};

/** The list after a name, in a flat list of names and values; empty for a user that does not exist. */
const wordsAt = (reply: RedisReply, name: string): readonly string[] => {
  const flat: readonly RedisReply[] = Array.isArray(reply) ? reply : [];
  const value = flat[flat.indexOf(name) + 1];
  return flat.includes(name) && Array.isArray(value) ? value.map(String) : [];
};
