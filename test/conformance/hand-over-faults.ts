/** What can go wrong between the operator and those it calls during a hand-over. */
import type { Caller } from '../../src/redis/commands.ts';
import { RedisError } from '../../src/redis/errors.ts';

/** `lost`: the command does not arrive. `unanswered`: it does, and its answer does not. `ended`: nothing arrives from then on. */
export const FAULTS = ['lost', 'unanswered', 'ended'] as const;
export type Fault = (typeof FAULTS)[number];

const ONE_WORD = new Set(['INFO', 'ROLE', 'REPLICAOF']);
const stepOf = (who: string, [first = '', second = '']: readonly string[]): string =>
  `${who} ${ONE_WORD.has(first) ? first : `${first} ${second}`}`;

/** Lets calls through, notes their steps, and makes the first call of `step` fail. */
export const disturbed = (step: string | undefined, fault: Fault) => {
  const taken = new Set<string>();
  let ended = false;
  const through = (who: string, caller: Caller): Caller => ({
    call: async (args, timeoutMs) => {
      const now = stepOf(who, args);
      const fails = now === step && !taken.has(now);
      taken.add(now);
      if (ended || (fails && fault !== 'unanswered')) {
        ended ||= fault === 'ended';
        throw new RedisError({ code: 'closed', message: `${now} was lost` });
      }
      const answer = await caller.call(args, timeoutMs);
      if (fails) throw new RedisError({ code: 'timeout', message: `${now} was not answered` });
      return answer;
    },
  });
  return { through, taken };
};
