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
  const suspect = suspectOf(situation, last);
  const candidates = answering.filter(
    (pod) => !pod.deleting && !pod.answer.loading && pod.answer.priority > 0 && hasKeptUp(pod, last),
  );
  const pending = candidates.find(({ name }) => name === suspect);
  if (pending !== undefined) return promote(pending, `${suspect} was chosen`);
  const verdict = judge(situation, suspect);
  if (verdict.kind === 'waits') {
    return { waitingFor: `the master ${suspect} to answer`, recheckMs: Math.min(verdict.leftMs, SILENCE_POLL_MS) };
  }
  const best = candidates.find(({ answer }) => answer.role === 'master') ?? bestOf(candidates, last);
  if (best !== undefined) {
    return isRecorded(situation, best.name) ? promote(best, verdict.because) : elect(best.name);
  }
  const [outdated] = masters;
  return outdated === undefined
    ? {}
    : { waitingFor: `${suspect} to answer, which has newer data than ${outdated.name}` };
};

/** Whether the elected pod may still be master for all that is known: nobody else becomes master then. */
export const isAwaited = (situation: Situation): boolean => {
  const last = situation.failover.status?.master;
  return situation.alone && last !== undefined && judge(situation, suspectOf(situation, last)).kind === 'waits';
};

const suspectOf = ({ failover }: Situation, last: MasterStatus): string => failover.status?.elected ?? last.pod;

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
  | { readonly kind: 'waits'; readonly leftMs: number };

/** Whether the elected pod is given up. */
const judge = (situation: Situation, name: string): Judgement => {
  const owner = situation.redis.find((pod) => pod.name === name);
  const evidence = evidenceAgainst(situation, { owner, address: name });
  if (evidence !== undefined) return { kind: 'replaceable', because: evidence };
  if (owner?.answer.kind === 'answer') return { kind: 'replaceable', because: `${name} cannot be master` };
  if (owner?.answer.kind === 'unreachable' && ALIVE.has(owner.answer.why)) {
    return { kind: 'waits', leftMs: SILENCE_POLL_MS };
  }
  const since = Math.max(lostAt(situation), situation.watchedSince ?? 0);
  const silentMs = situation.at - since - ROUNDING_MS;
  const downAfterMs = downAfterOf(situation);
  if (silentMs < downAfterMs) return { kind: 'waits', leftMs: downAfterMs - silentMs };
  return { kind: 'replaceable', because: `The master ${name} has not answered for ${downAfterMs / 1000} s` };
};

/** As Sentinel would wait, were there one. */
const downAfterOf = ({ failover }: Situation): number => {
  const lines = failover.spec.sentinel.customConfig.map(parseConfigLine);
  const asked = Number(lines.findLast(({ parameter }) => parameter === 'down-after-milliseconds')?.value);
  return asked > 0 ? asked : DOWN_AFTER_MS;
};
