import { INTERNAL_USER } from '../../api/names.ts';
import { acceptsEarlier, sentinelLogin } from '../credentials.ts';
import type { WatchedInstance } from '../observation.ts';
import type { Problem, Verdict } from '../plan.ts';
import { type Situation, type WatchingSentinel, watchedBySentinels } from '../situation.ts';
import { podTarget, sentinelTarget } from './targets.ts';

/** Applies customConfig to every running Redis that does not have it yet, and reports the lines it refuses. */
export const configureRedis = (situation: Situation): Verdict => ({
  actions: situation.answering
    .filter((pod) => pod.answer.config.pending.length > 0 && !pod.answer.loading)
    .map((pod) => ({
      kind: 'configure-redis',
      target: podTarget(pod),
      lines: pod.answer.config.pending,
      why: { reason: 'RedisConfigured', message: `${pod.name}: ${pod.answer.config.pending.join('; ')}` },
    })),
  problems: refusals('redis.customConfig', situation.answering),
});

/**
 * How often Sentinel reads INFO, instead of every ten seconds: that is how it learns of a new replica, of its priority and of
 * a master that restarted as a replica.
 */
const INFO_PERIOD_MS = 1_000;

/** Keeps quorum, pace and customConfig of every Sentinel as they should be. */
export const configureSentinels = (situation: Situation): Verdict => ({
  actions: situation.watching
    .filter((one) => isUntuned(one, situation.quorum))
    .map((sentinel) => ({
      kind: 'configure-sentinel',
      target: podTarget(sentinel),
      lines: sentinel.answer.config.pending,
      quorum: situation.quorum,
      ...(isSlow(sentinel) && { infoPeriodMs: INFO_PERIOD_MS }),
      why: { reason: 'SentinelConfigured', message: `${sentinel.name}: quorum ${situation.quorum}, customConfig` },
    })),
  problems: refusals('sentinel.customConfig', situation.watching),
});

/**
 * Gives the login to the master to Sentinels that do not have it. The internal one to each of which it is not known, after a
 * look whether it is logged in that way already; that of the default user once, to one that cannot log in to a master the
 * operator can log in to. Every SENTINEL SET of it drops the connections of the Sentinel.
 */
export const authenticateSentinels = (situation: Situation): Verdict => {
  const { master, failoverRunning } = situation;
  const watched = watchedBySentinels(situation);
  const login = sentinelLogin(situation);
  if (watched === undefined || login === undefined) return {};
  const isInternal = login.user === INTERNAL_USER;
  if (isInternal && failoverRunning) return {};
  const lacking = situation.watching
    .filter(({ answer }) => answer.master.ip === watched.host)
    .filter(({ answer }) => (isInternal ? !answer.internalGiven : !answer.loginGiven && isLockedOut(answer.master)));
  return {
    actions: lacking.map((sentinel) => ({
      kind: 'authenticate-sentinel',
      target: sentinelTarget(sentinel),
      // Where an earlier password still works, a login proves nothing.
      ...(isInternal && master !== undefined && !acceptsEarlier(situation) && { askFirst: podTarget(master) }),
      why: { reason: 'SentinelConfigured', message: `${sentinel.name}: password of the master` },
    })),
  };
};

const isLockedOut = ({ flags }: WatchedInstance): boolean =>
  flags.some((flag) => flag === 's_down' || flag === 'disconnected');

const isUntuned = (sentinel: WatchingSentinel, quorum: number): boolean =>
  sentinel.answer.config.pending.length > 0 || sentinel.answer.master.quorum !== quorum || isSlow(sentinel);

const isSlow = ({ answer }: WatchingSentinel): boolean =>
  answer.infoPeriodMs !== undefined && answer.infoPeriodMs !== INFO_PERIOD_MS;

const refusals = (
  field: string,
  pods: readonly {
    readonly answer: { readonly config: { readonly refused: readonly { line: string; error: string }[] } };
  }[],
): readonly Problem[] => {
  const byLine = new Map(
    pods.flatMap((pod) => pod.answer.config.refused.map(({ line, error }) => [line, error] as const)),
  );
  return [...byLine].map(([line, error]) => ({
    reason: 'ConfigRefused',
    message: `spec.${field}: "${line}" was refused: ${error}`,
  }));
};
