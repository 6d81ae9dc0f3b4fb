/** The actions on who may connect to Sentinels. */
import { INTERNAL_USER, sentinelName } from '../api/names.ts';
import { SENTINEL_RIGHTS, sentinelSecret } from '../core/objects/sentinel-secret.ts';
import type { SentinelAccess } from '../core/observation.ts';
import type { ActionOf, GuardStep } from '../core/plan.ts';
import { aclDeleteUser, aclSetUser } from '../redis/acl.ts';
import { type Caller, sentinelConfigSet, sentinelFlushConfig } from '../redis/commands.ts';
import { makeSecret } from './act-credentials.ts';
import { CALL_MS } from './connections.ts';
import type { Context } from './context.ts';
import { DONE, type Linking, type Occasion, type Outcome, sentinelLink } from './occasion.ts';

/** Makes the Secret `rfs-NAME` with a random password of the internal user. */
export const makeSentinelLogin = async (
  context: Pick<Context, 'api' | 'random'>,
  { situation: { failover, sentinelAccess }, signal }: Pick<Occasion, 'situation' | 'signal'>,
): Promise<Outcome> => {
  const { clients } = sentinelAccess;
  if (clients.kind !== 'password') return { kind: 'outdated', because: 'there is no password for clients' };
  const key = { namespace: failover.metadata.namespace, name: sentinelName(failover.metadata.name) };
  return makeSecret(context, { key, signal }, (own) =>
    sentinelSecret(failover, { own, clientsSha256: clients.sha256 }),
  );
};

/** Takes the steps in their order. Sentinel then writes its file, so that the process knows it after a restart. */
export const guardSentinel = async (
  context: Linking,
  occasion: Pick<Occasion, 'key' | 'situation'>,
  { target, steps }: ActionOf<'guard-sentinel'>,
): Promise<Outcome> => {
  const link = sentinelLink(context, occasion, target);
  for (const step of steps) await takeStep(link, step, occasion.situation.sentinelAccess);
  await sentinelFlushConfig(link, CALL_MS);
  return DONE;
};

const takeStep = async (link: Caller, step: GuardStep, { clients, own }: SentinelAccess): Promise<void> => {
  const internal = own === undefined ? [] : ['on', `#${own.sha256}`, ...SENTINEL_RIGHTS];
  switch (step) {
    case 'admit':
      return aclSetUser(link, { user: INTERNAL_USER, rules: internal }, CALL_MS);
    case 'revoke':
      return aclSetUser(link, { user: INTERNAL_USER, rules: ['resetpass', ...internal] }, CALL_MS);
    case 'use':
      await sentinelConfigSet(link, { parameter: 'sentinel-user', value: INTERNAL_USER }, CALL_MS);
      return sentinelConfigSet(link, { parameter: 'sentinel-pass', value: own?.password ?? '' }, CALL_MS);
    case 'forget':
      await sentinelConfigSet(link, { parameter: 'sentinel-user', value: '' }, CALL_MS);
      await sentinelConfigSet(link, { parameter: 'sentinel-pass', value: '' }, CALL_MS);
      return aclDeleteUser(link, INTERNAL_USER, CALL_MS);
    case 'open':
      return aclSetUser(link, { user: 'default', rules: ['on', 'nopass'] }, CALL_MS);
    case 'close':
      if (clients.kind !== 'password') return;
      return aclSetUser(link, { user: 'default', rules: ['on', 'resetpass', `#${clients.sha256}`] }, CALL_MS);
  }
};
