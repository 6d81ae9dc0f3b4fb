import { sentinelName } from '../../api/names.ts';
import type { SentinelAccessFacts, SentinelPod } from '../observation.ts';
import type { Action, GuardStep, Verdict } from '../plan.ts';
import type { AnsweringSentinel, Situation } from '../situation.ts';
import { podTarget, sentinelTarget } from './targets.ts';

/** Makes the Secret that Sentinels start with when it is needed, and removes it when no Sentinel knows it any more. */
export const makeSentinelLogin = ({ sentinelAccess, sentinels, failover, children }: Situation): Verdict => {
  const { clients, own } = sentinelAccess;
  const name = sentinelName(failover.metadata.name);
  if (clients.kind === 'password' && own === undefined) {
    return {
      actions: [{ kind: 'make-sentinel-login', why: { reason: 'CredentialsMade', message: `Secret ${name}` } }],
    };
  }
  const live = children.others.get(`Secret/${name}`);
  const isUsed = clients.kind !== 'none' || sentinels.some((pod) => pod.mountsSentinelLogin || knowsInternal(pod));
  if (isUsed || live === undefined || live.metadata?.deletionTimestamp !== undefined) return {};
  const why = { reason: 'ObjectRemoved', message: `Secret/${name} is not asked for` } as const;
  return { actions: [{ kind: 'delete-object', object: live, why }] };
};

/**
 * Keeps those who work together able to log in while the password of Sentinels is switched on, changed or switched off. A
 * Sentinel that runs without one learns the internal user before the first that asks for it is there, and one that asks is
 * opened when its successors know no user. The internal user's own password changes in steps, as that for Redis does. A new
 * password of clients holds at once, for it concerns nobody else.
 */
export const guardSentinels = (situation: Situation): Verdict => ({
  actions: [
    ...situation.answeringSentinels.flatMap((sentinel) => guard(sentinel, stepsFor(situation, sentinel))),
    ...replaceLocked(situation),
  ],
});

const knowsInternal = ({ answer }: SentinelPod): boolean =>
  answer.kind === 'answer' && answer.access !== undefined && hasInternal(answer.access);

const hasInternal = ({ admitsOwn, alsoEarlier, usesOwn }: SentinelAccessFacts): boolean =>
  admitsOwn || alsoEarlier || usesOwn;

const guard = (sentinel: AnsweringSentinel, steps: readonly GuardStep[]): readonly Action[] => {
  if (steps.length === 0) return [];
  const message = `${sentinel.name}: ${steps.map((step) => WORDS[step]).join(', ')}`;
  const why = { reason: 'SentinelConfigured', message } as const;
  return [{ kind: 'guard-sentinel', target: sentinelTarget(sentinel), steps, why }];
};

const stepsFor = (situation: Situation, sentinel: AnsweringSentinel): readonly GuardStep[] => {
  const { access } = sentinel.answer;
  if (access === undefined) return [];
  if (isSwitchedOff(situation)) return hasInternal(access) && !situation.failoverRunning ? ['forget'] : [];
  return [...ownSteps(situation, access), ...clientSteps(situation, sentinel, access)];
};

/** The last Sentinel that asked for a password is gone: those after it need nobody but the default user. */
const isSwitchedOff = ({ sentinelAccess: { clients }, sentinels }: Situation): boolean =>
  clients.kind === 'none' && sentinels.every((pod) => !pod.mountsSentinelLogin);

/** First all admit it, then all use it, which makes them connect anew; at last earlier passwords are revoked. */
const ownSteps = (situation: Situation, access: SentinelAccessFacts): readonly GuardStep[] => {
  const { answeringSentinels, sentinels, failoverRunning } = situation;
  if (!access.admitsOwn) return ['admit'];
  const everybody = answeringSentinels.map(({ answer }) => answer.access);
  if (!everybody.every((one) => one?.admitsOwn === true)) return [];
  if (!access.usesOwn) return failoverRunning ? [] : ['use'];
  const isUsed = answeringSentinels.length === sentinels.length && everybody.every((one) => one?.usesOwn === true);
  return access.alsoEarlier && isUsed ? ['revoke'] : [];
};

/** A Sentinel that started without a password stays open: its probes have none either, and it is being replaced. */
const clientSteps = (
  { sentinelAccess: { clients }, failover }: Situation,
  { mountsSentinelLogin }: AnsweringSentinel,
  { open, clients: hashes }: SentinelAccessFacts,
): readonly GuardStep[] => {
  switch (clients.kind) {
    case 'none':
      return open || !failover.spec.sentinel.enabled ? [] : ['open'];
    case 'password':
      return !mountsSentinelLogin || (!open && isOnly(hashes, clients.sha256)) ? [] : ['close'];
    case 'missing':
      return [];
  }
};

const isOnly = (hashes: readonly string[], hash: string): boolean => hashes.length === 1 && hashes[0] === hash;

const WORDS: Readonly<Record<GuardStep, string>> = {
  admit: 'admits the internal user',
  use: 'logs in to other Sentinels as the internal user',
  revoke: 'admits the internal user by its current password only',
  open: 'asks clients for no password',
  close: 'asks clients for the current password',
  forget: 'forgets the internal user',
};

/**
 * One that was started before the Secret was lost, and whose password for clients is not the current one either, can only be
 * replaced: it holds no data. One at a time, while all others answer.
 */
const replaceLocked = ({ sentinels, failover, sentinelAccess: { own } }: Situation): readonly Action[] => {
  const first = sentinels.find(
    (pod) => isLocked(pod) && pod.mountsSentinelLogin && own !== undefined && pod.createdAt < own.since,
  );
  const isCalm =
    sentinels.length >= failover.spec.sentinel.replicas &&
    sentinels.every((pod) => !pod.deleting && (isLocked(pod) || pod.answer.kind === 'answer'));
  if (first === undefined || !isCalm) return [];
  const message = `${first.name} is replaced: nobody knows its password any more`;
  return [{ kind: 'delete-pod', target: podTarget(first), why: { reason: 'PodReplaced', message } }];
};

const isLocked = ({ answer }: SentinelPod): boolean => answer.kind === 'unreachable' && answer.why === 'auth';
