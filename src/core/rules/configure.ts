import type { Problem, Verdict } from '../plan.ts';
import { type Situation, type WatchingSentinel } from '../situation.ts';
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

/** Gives the password, once, to a Sentinel that cannot log in to a master the operator can log in to. */
export const authenticateSentinels = (situation: Situation): Verdict => {
  const { master, login } = situation;
  if (master === undefined || login.kind !== 'password') return {};
  const lockedOut = situation.watching.filter(
    ({ answer }) =>
      !answer.loginGiven &&
      answer.master.ip === master.ip &&
      answer.master.flags.some((flag) => flag === 's_down' || flag === 'disconnected'),
  );
  return {
    actions: lockedOut.map((sentinel) => ({
      kind: 'authenticate-sentinel',
      target: sentinelTarget(sentinel),
      why: { reason: 'SentinelConfigured', message: `${sentinel.name}: password of the master` },
    })),
  };
};

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
