import type { Verdict } from '../plan.ts';
import { type AnsweringSentinel, isAt, type Situation, sentinelEndpoint, watchedBySentinels } from '../situation.ts';
import { sentinelTarget } from './targets.ts';

/** A Sentinel that heard of the truth within this time follows by itself (hellos come every two seconds). */
const HELLO_FRESH_MS = 5_000;

/** Tells every Sentinel that watches nothing or the wrong address who the master is, or the source outside that all follow. */
export const pointSentinels = (situation: Situation): Verdict => {
  const { failoverRunning, quorum } = situation;
  const wanted = watchedBySentinels(situation);
  if (wanted === undefined || failoverRunning) return {};
  const { name, host, port } = wanted;
  const wrong = situation.answeringSentinels.filter((one) => !one.deleting && !watchesAddress(one, host, port));
  const stuck = wrong.filter((one) => !willFollowByItself(one, situation, host));
  return {
    actions: stuck.map((sentinel) => ({
      kind: 'monitor',
      target: sentinelTarget(sentinel),
      master: { host, port },
      quorum,
      why: { reason: 'SentinelPointed', message: `${sentinel.name} watches ${name} now` },
    })),
    ...(wrong.length > stuck.length && { waitingFor: 'all Sentinels to hear of the new master', recheckMs: 1_000 }),
  };
};

const watchesAddress = (sentinel: AnsweringSentinel, host: string, port: number): boolean =>
  sentinel.answer.master !== undefined &&
  isAt({ ip: sentinel.answer.master.ip }, { host, port }, sentinel.answer.master.port);

/** An older configuration epoch yields to the newer one of any peer that it hears. */
const willFollowByItself = (sentinel: AnsweringSentinel, situation: Situation, masterIp: string): boolean => {
  const own = sentinel.answer.master;
  if (own === undefined) return false;
  return situation.watching.some(
    (other) =>
      other.answer.master.ip === masterIp &&
      other.answer.master.configEpoch > own.configEpoch &&
      sentinel.answer.peers.some((peer) => sentinelEndpoint(other, peer) && peer.lastHelloMs < HELLO_FRESH_MS),
  );
};
