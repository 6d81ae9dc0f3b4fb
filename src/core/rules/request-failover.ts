import { awaitsPromotion } from '../bootstrap.ts';
import type { Verdict } from '../plan.ts';
import { ownerOf, type Situation, sameEndpoint, sentinelsCanElect } from '../situation.ts';
import { evidenceAgainst } from './evidence.ts';
import { soonest } from './soonest.ts';
import { sentinelTarget } from './targets.ts';

/** A request that led to no failover is repeated no sooner than this. */
export const REQUEST_SPACING_MS = 1_000;
/** A promotion shows in the replica well before Sentinel announces it; it is looked for this often. */
const PROMOTION_POLL_MS = 50;

/**
 * Tells Sentinel at once what it would find out only after its down-after time: the process of the master it watches is
 * gone. Only positive evidence counts; a master that is silent or cut off is Sentinel's to judge.
 */
export const requestFailover = (situation: Situation): Verdict => {
  const { master, source, voted, failoverRunning } = situation;
  if (master !== undefined || voted === undefined || source !== undefined || awaitsPromotion(situation)) return {};
  if (failoverRunning)
    return { waitingFor: 'the failover that Sentinel is carrying out', recheckMs: PROMOTION_POLL_MS };
  const evidence = evidenceAgainst(situation, {
    owner: ownerOf(situation, voted),
    address: `${voted.host}:${voted.port}`,
  });
  if (evidence === undefined) return { waitingFor: 'Sentinel to judge whether the master is down' };
  if (!sentinelsCanElect(situation)) return {};
  const agreeing = situation.watching.filter(({ answer }) =>
    sameEndpoint(voted, { host: answer.master.ip, port: answer.master.port }),
  );
  const sentinel = soonest(agreeing.filter((one) => one.answer.replicas.length > 0 && !one.answer.tilt));
  const waited = situation.at - (situation.failoverRequestedAt ?? 0);
  if (sentinel === undefined || waited < REQUEST_SPACING_MS) {
    return { waitingFor: 'the failover that Sentinel was asked for', recheckMs: REQUEST_SPACING_MS };
  }
  const why = {
    reason: 'FailoverRequested',
    message: `${evidence}: asked Sentinel ${sentinel.name} to elect another`,
  } as const;
  return {
    actions: [{ kind: 'request-failover', target: sentinelTarget(sentinel), watched: voted, why }],
    recheckMs: REQUEST_SPACING_MS,
  };
};
