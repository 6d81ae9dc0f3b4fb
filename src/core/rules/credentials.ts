import { internalName } from '../../api/names.ts';
import { isLeavingSource } from '../bootstrap.ts';
import { acceptsEarlier, isAdmittedEverywhere, mayMountInternal } from '../credentials.ts';
import type { Action, Verdict } from '../plan.ts';
import type { AnsweringRedis, Situation } from '../situation.ts';
import { podTarget } from './targets.ts';

/** Makes the Secret with the internal credentials when there is none, and removes one that nobody uses. */
export const makeCredentials = ({ internal, failover, children }: Situation): Verdict => {
  const name = internalName(failover.metadata.name);
  const live = children.others.get(`Secret/${name}`);
  switch (internal.kind) {
    case 'password':
      return {};
    case 'missing':
      return { actions: [{ kind: 'make-credentials', why: { reason: 'CredentialsMade', message: `Secret ${name}` } }] };
    case 'none': {
      if (live === undefined || live.metadata?.deletionTimestamp !== undefined) return {};
      const why = { reason: 'ObjectRemoved', message: `Secret/${name} is not asked for` } as const;
      return { actions: [{ kind: 'delete-object', object: live, why }] };
    }
  }
};

/**
 * Tells running processes the credentials, for when the Secret is newer than they are: it was deleted by hand, or the
 * credentials were switched on. First every Redis admits them beside what it admits already; then replicas use them, and
 * Sentinels (`authenticateSentinels`); at last the earlier password is revoked. So no login fails at any step. Who follows a
 * source outside logs in there: `follow-source.ts`, `leave-source.ts`.
 */
export const spreadCredentials = (situation: Situation): Verdict => {
  if (situation.internal.kind !== 'password') return {};
  const closed = situation.answering.filter((pod) => pod.answer.internal?.accepted !== true);
  if (closed.length > 0) return { actions: closed.map((pod) => admit(pod, 'kept')) };
  if (!isAdmittedEverywhere(situation)) {
    const waitingFor = 'every Redis to answer before the internal credentials are used';
    return mayMountInternal(situation) && !acceptsEarlier(situation) ? {} : { waitingFor };
  }
  const behind = situation.answering.filter((pod) => pod.mountsInternal && pod.answer.internal?.used !== true);
  if (situation.source !== undefined || isLeavingSource(situation)) return {};
  if (behind.length > 0) return { actions: behind.map(use) };
  const open = situation.answering.filter((pod) => pod.answer.internal?.alsoEarlier === true);
  return isUsedEverywhere(situation) ? { actions: open.map((pod) => admit(pod, 'revoked')) } : {};
};

/** Everybody answers, and nobody logs in with an earlier password any more. */
const isUsedEverywhere = ({ redis, answering, sentinels, watching }: Situation): boolean =>
  answering.length === redis.length &&
  watching.length === sentinels.length &&
  watching.every(({ answer }) => answer.internalGiven);

const admit = (pod: AnsweringRedis, earlier: 'kept' | 'revoked'): Action => ({
  kind: 'admit-internal',
  target: podTarget(pod),
  earlier,
  why: {
    reason: 'CredentialsSpread',
    message: `${pod.name} admits the internal user${earlier === 'kept' ? '' : ' by its current password only'}`,
  },
});

const use = (pod: AnsweringRedis): Action => ({
  kind: 'use-internal',
  target: podTarget(pod),
  why: { reason: 'CredentialsSpread', message: `${pod.name} follows its master as the internal user` },
});
