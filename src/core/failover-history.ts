/** The last changes of the master, for the status. */
import { FAILOVERS_LIMIT, type FailoverRecord } from '../api/failover-record.ts';
import type { MasterStatus } from '../api/types.ts';
import { lossOf, strongest } from './master-trace.ts';
import type { Loss, MasterTrace } from './observation.ts';
import type { AnsweringRedis, Situation } from './situation.ts';

/**
 * What the status knows, and one entry more when another pod is master than it says. The first master is no failover, nor is
 * one that comes back as itself.
 */
export const failoverHistory = (situation: Situation): readonly FailoverRecord[] => {
  const { failover, master } = situation;
  const known = failover.status?.failovers ?? [];
  const before = failover.status?.master;
  if (master === undefined || before === undefined || before.pod === master.name) return known;
  return [recordOf(situation, { before, master }), ...known].slice(0, FAILOVERS_LIMIT);
};

type Change = { readonly before: MasterStatus; readonly master: AnsweringRedis };

const recordOf = (situation: Situation, { before, master }: Change): FailoverRecord => {
  const { masterTrace, masterChange, at } = situation;
  const trace = masterTrace?.pod === before.pod ? masterTrace : undefined;
  const ends = { promoted: rfc3339(at), from: before.pod, to: master.name };
  if (masterChange?.kind === 'hand-over' && masterChange.uid === trace?.seen?.uid) {
    const { message } = masterChange;
    return { cause: 'HandOver', message, detected: rfc3339(masterChange.at), ...ends, bytesBehind: 0 };
  }
  const detected = trace?.loss && { detected: rfc3339(trace.loss.at) };
  const bytes = bytesBehind(trace, { before, master });
  const behind = bytes !== undefined && { bytesBehind: bytes };
  if (masterChange?.kind === 'promote' && masterChange.uid === master.uid)
    return { cause: 'Recovery', message: masterChange.message, ...detected, ...ends, ...behind };
  const { cause, message } = causeOf(situation, { before, trace });
  return { cause, message, ...detected, ...ends, ...behind };
};

/** What was seen of the old master while there was none, or else what it looks like now. */
const causeOf = (
  situation: Situation,
  { before: { pod }, trace }: { readonly before: MasterStatus; readonly trace: MasterTrace | undefined },
): Loss =>
  strongest<Loss>(trace?.loss, lossOf(situation, { pod, seen: trace?.seen })) ?? {
    cause: 'SentinelFailover',
    message: `Sentinel elected another master; ${pod} answers`,
    weight: 0,
  };

/**
 * From the offset at which the new master was promoted, which its second replication id remembers, to the last that was seen
 * of the old one. It may have written more since it was last seen, so only what is missing for sure counts.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#replication-id-explained
 */
const bytesBehind = (trace: MasterTrace | undefined, { before, master }: Change): number | undefined => {
  const { secondReplicationId, secondOffset } = master.answer;
  if (trace?.seen === undefined || secondReplicationId !== before.replicationId) return undefined;
  const missing = trace.seen.offset - (secondOffset - 1);
  return missing > 0 ? missing : undefined;
};

const rfc3339 = (at: number): string => new Date(at).toISOString();
