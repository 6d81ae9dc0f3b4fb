/** Who may connect to Sentinels, as the spec, the cache and a Sentinel say. */
import { INTERNAL_USER, sentinelName } from '../api/names.ts';
import { asksClients } from '../core/objects/sentinel-secret.ts';
import type { Children, Login, Observation, SentinelAccess, SentinelAccessFacts } from '../core/observation.ts';
import type { SentinelAcl } from '../redis/acl.ts';
import { credentialsIn, credentialsOf } from './internal-login.ts';

/** `clients` is what the user's Secret holds; without Sentinels nobody asks for it. */
export const sentinelAccess = (
  { metadata }: Observation['failover'],
  { others }: Pick<Children, 'others'>,
  clients: Login,
): SentinelAccess => {
  const secret = others.get(`Secret/${sentinelName(metadata.name)}`);
  const own = secret && credentialsIn(secret);
  return {
    clients: clients.kind === 'password' ? { ...clients, sha256: credentialsOf(clients.password).sha256 } : clients,
    own: own && { ...own, since: Date.parse(secret?.metadata?.creationTimestamp ?? '') },
  };
};

/** The name of the user's Secret, where Sentinels ask clients for a password. */
export const clientsSecret = (failover: Observation['failover']): string | undefined =>
  failover.spec.sentinel.enabled && asksClients(failover) ? failover.spec.auth?.sentinelSecretPath : undefined;

/** How far a Sentinel is with it. */
export const accessFacts = (
  { open, clients, internal, user, password }: SentinelAcl,
  own: NonNullable<SentinelAccess['own']>,
): SentinelAccessFacts => ({
  open,
  clients,
  admitsOwn: internal.includes(own.sha256),
  alsoEarlier: internal.some((hash) => hash !== own.sha256),
  usesOwn: user === INTERNAL_USER && password === own.password,
});
