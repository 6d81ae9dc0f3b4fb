import { awaitsPromotion, isLeavingSource } from '../bootstrap.ts';
import type { Verdict } from '../plan.ts';
import { ownerOf, type Situation, type WatchingSentinel } from '../situation.ts';
import { podTarget, sentinelTarget } from './targets.ts';

/**
 * Lets Sentinels forget the source before a pod is promoted: one that watches it would take the new master for a replica that
 * went astray, and make it follow the source again.
 */
export const forgetSource = (situation: Situation): Verdict => {
  if (!awaitsPromotion(situation) || situation.masters.length > 0) return {};
  return {
    actions: watchersOfSource(situation).map((sentinel) => ({
      kind: 'forget-master',
      target: sentinelTarget(sentinel),
      watched: { host: sentinel.answer.master.ip, port: sentinel.answer.master.port },
      why: { reason: 'SentinelPointed', message: `${sentinel.name} watches the source no more` },
    })),
  };
};

/** The Sentinels that watch what is no pod of this failover. */
export const watchersOfSource = (situation: Situation): readonly WatchingSentinel[] =>
  situation.watching.filter(
    ({ answer: { master } }) => ownerOf(situation, { host: master.ip, port: master.port }) === undefined,
  );

/**
 * Lets pods log in again as a master of this failover wants it, before they follow one. Not before there is one: until then
 * their links to the source may break and have to come back.
 */
export const logInToMaster = (situation: Situation): Verdict => {
  if (!isLeavingSource(situation) || situation.master === undefined) return {};
  const wrong = situation.answering.filter((pod) => !pod.deleting && pod.answer.upstreamLogin === 'wrong');
  return {
    actions: wrong.map((pod) => ({
      kind: 'log-in',
      target: podTarget(pod),
      why: { reason: 'CredentialsSpread', message: `${pod.name} logs in as a member of this failover again` },
    })),
  };
};
