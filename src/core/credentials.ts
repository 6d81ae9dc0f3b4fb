/**
 * The internal credentials: with them replicas and Sentinels of one failover log in to its Redis. A process at an address that
 * was reused by another failover refuses them, so that neither data nor masters get mixed up.
 */
import { type DefaultedFailover, isBootstrapping } from '../api/defaults.ts';
import { INTERNAL_USER } from '../api/names.ts';
import { mountsInternal } from './objects/internal-secret.ts';
import type { Children, Login, Observation, PodFacts, RedisPod } from './observation.ts';

/** How a Sentinel logs in to Redis. No user is the default one; an empty user takes back the one it was told before. */
export type SentinelLogin = { readonly user?: string; readonly password: string };

/**
 * Whether the failover has internal credentials. They stay on where they are, whatever the spec says: a replica that uses
 * them cannot follow a master that does not know them. Without a word in the spec a new failover gets them, and one that
 * runs without is left alone, because to add them replaces its pods.
 */
export const wantsInternal = (
  { spec }: Pick<DefaultedFailover, 'spec'>,
  { statefulSet }: Pick<Children, 'statefulSet'>,
  redis: readonly Pick<PodFacts, 'mountsInternal'>[],
): boolean => {
  if (templateMounts(statefulSet) || redis.some((pod) => pod.mountsInternal)) return true;
  return spec.auth?.internalCredentials ?? (statefulSet === undefined && redis.length === 0);
};

/** Whether the pod template may name them: it stays as it is until every Redis that runs admits the internal user. */
export const mayMountInternal = (observation: Observation): boolean => {
  const { internal, children, redis } = observation;
  if (internal.kind === 'none') return false;
  // Without a StatefulSet, its pods tell what its template was.
  const mounted =
    children.statefulSet === undefined
      ? redis.length === 0 || redis.some((pod) => pod.mountsInternal)
      : templateMounts(children.statefulSet);
  return mounted || isAdmittedEverywhere(observation);
};

/** Whether every Redis admits the internal user with the current password, as it says or as it must have been started. */
export const isAdmittedEverywhere = ({ internal, redis }: Observation): boolean =>
  internal.kind === 'password' && redis.every((pod) => admits(pod, internal.since));

/** One that does not answer has read the Secret when it started, unless the Secret was made anew since. */
const admits = ({ answer, mountsInternal: mounts, createdAt }: RedisPod, since: number): boolean =>
  answer.kind === 'answer' ? answer.internal?.accepted === true : mounts && createdAt >= since;

/** Whether some Redis also admits the internal user with an earlier password. */
export const acceptsEarlier = ({ redis }: Observation): boolean =>
  redis.some(({ answer }) => answer.kind === 'answer' && answer.internal?.alsoEarlier === true);

/**
 * The login to give to Sentinels; undefined when they need none. Not the internal one before every Redis starts with it and
 * knows the current password: until then the default user is the one that works everywhere. To a source outside, which they
 * are to watch, they log in as it wants.
 */
export const sentinelLogin = (observation: Observation): SentinelLogin | undefined => {
  const { internal, login, redis, sourceLogin } = observation;
  if (isBootstrapping(observation.failover))
    return sourceLogin.kind === 'password' ? { password: sourceLogin.password } : undefined;
  if (internal.kind === 'password' && redis.every((pod) => pod.mountsInternal) && isAdmittedEverywhere(observation))
    return { user: INTERNAL_USER, password: internal.password };
  if (login.kind !== 'password') return undefined;
  return { ...(internal.kind !== 'none' && { user: '' }), password: login.password };
};

/**
 * The logins of the operator to Redis, to be tried one after the other: what the spec says now, then what pods from before say.
 * So a change of `auth.secretPath` can roll them, and be taken back.
 */
export const redisLogins = ({
  login,
  earlierPasswords,
}: Pick<Observation, 'login' | 'earlierPasswords'>): readonly { readonly password?: string }[] => [
  login.kind === 'password' ? { password: login.password } : {},
  ...earlierPasswords.map((password) => ({ password })),
];

/** How a Redis logs in to what it follows. An empty user is the default one, and an empty password none. */
export type UpstreamLogin = { readonly user: string; readonly password: string };

/**
 * How a pod's Redis is to log in: to the source outside that it follows; otherwise as it was started. Undefined while the
 * Secret with the password is missing.
 */
export const upstreamLogin = (
  { failover, login, internal, sourceLogin }: Pick<Observation, 'failover' | 'login' | 'internal' | 'sourceLogin'>,
  { mountsInternal: mounts }: Pick<PodFacts, 'mountsInternal'>,
): UpstreamLogin | undefined => {
  if (isBootstrapping(failover)) return asDefaultUser(sourceLogin);
  if (!mounts) return asDefaultUser(login);
  return internal.kind === 'password' ? { user: INTERNAL_USER, password: internal.password } : undefined;
};

const asDefaultUser = (login: Login): UpstreamLogin | undefined =>
  login.kind === 'missing' ? undefined : { user: '', password: login.kind === 'password' ? login.password : '' };

const templateMounts = (statefulSet: Children['statefulSet']): boolean =>
  mountsInternal(statefulSet?.spec?.template?.spec);
