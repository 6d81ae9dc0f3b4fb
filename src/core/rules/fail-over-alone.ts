import { parseConfigLine } from '../../api/config-lines.ts';
import type { MasterStatus } from '../../api/types.ts';
import { bestOf, hasKeptUp } from '../elect.ts';
import { isRecorded } from '../election.ts';
import type { Unreachable } from '../observation.ts';
import type { Verdict } from '../plan.ts';
import type { AnsweringRedis, Situation } from '../situation.ts';
import { evidenceAgainst } from './evidence.ts';
import { lostAt } from './lost-at.ts';
import { redisTarget } from './targets.ts';

/** Nobody tells that a master has fallen silent, or stays so; it is asked this often. */
const SILENCE_POLL_MS = 1_000;
/** Since when the master is lost is known to the second. */
const ROUNDING_MS = 1_000;
/** Sentinel's own default. */
const DOWN_AFTER_MS = 5_000;

/**
 * Where there are no Sentinels: makes the best replica master when the master is provably gone, or has not answered for as long
 * as Sentinel would wait. Such a one may be cut off only; when it is back it gives way, and `dataSafety` bounds what is lost.
 * Replicas that did not follow it to the end are no candidates: that is for `promoteBest`, which waits for better data.
 */
export const failOverAlone = (situation: Situation): Verdict => {
  const { alone, master, failover, answering, masters } = situation;
  const last = failover.status?.master;
  if (!alone || last === undefined) return {};
  if (master !== undefined) return { recheckMs: SILENCE_POLL_MS };
  const verdict = judgeAll(situation, last);
  if (verdict.kind === 'waits') {
    return { waitingFor: `the master ${verdict.pod} to answer`, recheckMs: Math.min(verdict.leftMs, SILENCE_POLL_MS) };
  }
  const { elected = last.pod } = failover.status ?? {};
  const candidates = answering.filter(
    (pod) => !pod.deleting && !pod.answer.loading && pod.answer.priority > 0 && hasKeptUp(pod, last),
  );
  const chosen = candidates.find(({ name }) => name === elected);
  if (chosen !== undefined) return promote(chosen, verdict.because);
  const best = candidates.find(({ answer }) => answer.role === 'master') ?? bestOf(candidates, last);
  if (best !== undefined) {
    return isRecorded(situation, best.name) ? promote(best, verdict.because) : elect(best.name);
  }
  const [outdated] = masters;
  return outdated === undefined
    ? {}
    : { waitingFor: `${elected} to answer, which has newer data than ${outdated.name}` };
};

/** Whether somebody may still be master for all that is known: nobody else becomes master then. */
export const isAwaited = (situation: Situation): boolean => {
  const last = situation.failover.status?.master;
  return situation.alone && last !== undefined && judgeAll(situation, last).kind === 'waits';
};

/** What has to be in the status before anything is done. */
export const elect = (pod: string): Verdict => ({ elect: pod, waitingFor: `the status to say that ${pod} is elected` });

const promote = (pod: AnsweringRedis, because: string): Verdict => ({
  elect: pod.name,
  actions: [
    {
      kind: 'promote',
      target: redisTarget(pod),
      why: { reason: 'MasterPromoted', message: `${because}: ${pod.name} becomes master` },
    },
  ],
});

/** Such a Redis says something, though not what the operator wants to know. */
const ALIVE: ReadonlySet<Unreachable['why']> = new Set(['auth', 'error']);

type Judgement =
  | { readonly kind: 'replaceable'; readonly because: string }
  | { readonly kind: 'waits'; readonly pod: string; readonly leftMs: number };

/**
 * Whether both are given up who may be master: the last one that was confirmed, and the elected one. They are two while a
 * planned change is under way, in which a moment of silence is no reason for another.
 */
const judgeAll = (situation: Situation, last: MasterStatus): Judgement => {
  const ofLast = judge(situation, last.pod);
  const { elected } = situation.failover.status ?? {};
  if (ofLast.kind === 'waits' || elected === undefined || canBePromoted(situation, elected)) return ofLast;
  return judge(situation, elected);
};

/** It says that it is a replica, so it is no master that could be lost. */
const canBePromoted = ({ answering }: Situation, name: string): boolean =>
  answering.some((pod) => pod.name === name && pod.answer.role === 'replica');

const judge = (situation: Situation, name: string): Judgement => {
  const owner = situation.redis.find((pod) => pod.name === name);
  const evidence = evidenceAgainst(situation, { owner, address: name });
  if (evidence !== undefined) return { kind: 'replaceable', because: evidence };
  if (owner?.answer.kind === 'answer') return { kind: 'replaceable', because: `${name} is no master any more` };
  if (owner?.answer.kind === 'unreachable' && ALIVE.has(owner.answer.why)) {
    return { kind: 'waits', pod: name, leftMs: SILENCE_POLL_MS };
  }
  const since = Math.max(lostAt(situation), situation.watchedSince ?? 0);
  const silentMs = situation.at - since - ROUNDING_MS;
  const downAfterMs = downAfterOf(situation);
  if (silentMs < downAfterMs) return { kind: 'waits', pod: name, leftMs: downAfterMs - silentMs };
  return { kind: 'replaceable', because: `The master ${name} has not answered for ${downAfterMs / 1000} s` };
};

/** As Sentinel would wait, were there one. */
const downAfterOf = ({ failover }: Situation): number => {
  const lines = failover.spec.sentinel.customConfig.map(parseConfigLine);
  const asked = Number(lines.findLast(({ parameter }) => parameter === 'down-after-milliseconds')?.value);
  return asked > 0 ? asked : DOWN_AFTER_MS;
};
