/** Who may connect to Sentinels: clients by the user's password, operator and Sentinels by one of this failover alone. */
import { INTERNAL_USER } from '../api/names.ts';
import type { SentinelCredentials } from './objects/sentinel-secret.ts';
import type { PodFacts, SentinelAccess } from './observation.ts';

/** As whom to connect; without a password nothing is said. */
type Login = { readonly user?: string; readonly password?: string };

/**
 * The logins to try one after the other. A Sentinel that was started without any asks for none. The others know the internal
 * user; when its Secret was lost meanwhile, the password of clients lets the operator in; and one that the user's own command
 * starts may ask for nothing.
 */
export const sentinelLogins = (
  { clients, own }: SentinelAccess,
  { mountsSentinelLogin }: Pick<PodFacts, 'mountsSentinelLogin'>,
): readonly Login[] => {
  if (!mountsSentinelLogin) return [{}];
  return [
    ...(own === undefined ? [] : [{ user: INTERNAL_USER, password: own.password }]),
    ...(clients.kind === 'password' ? [{ password: clients.password }] : []),
    {},
  ];
};

/** What Sentinel pods are to start with; undefined when that is nothing, or not known yet. */
export const sentinelCredentials = ({ clients, own }: SentinelAccess): SentinelCredentials | undefined =>
  clients.kind === 'password' && own !== undefined ? { own, clientsSha256: clients.sha256 } : undefined;
