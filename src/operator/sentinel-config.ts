/** Which of its lines a Sentinel does not follow: by what it says where it can be asked, else by memory. */
import { parseConfigLine } from '../api/config-lines.ts';
import type { ConfigFacts } from '../core/observation.ts';
import type { SentinelFacts } from '../redis/facts.ts';

/** A watch that was begun anew has forgotten its settings, so memory alone would not do. */
export const sentinelPending = (
  facts: SentinelFacts,
  lines: readonly string[],
  ledger: ConfigFacts,
): readonly string[] =>
  lines.filter((line) => {
    if (ledger.refused.some((one) => one.line === line)) return false;
    const says = reported(facts, line);
    return says === undefined ? ledger.pending.includes(line) : !says;
  });

/** Whether a setting that the Sentinel accepted is gone: somebody made it watch the master anew, also without a password. */
export const isBegunAnew = (facts: SentinelFacts, lines: readonly string[], ledger: ConfigFacts): boolean =>
  lines.some(
    (line) =>
      reported(facts, line) === false &&
      !ledger.pending.includes(line) &&
      !ledger.refused.some((one) => one.line === line),
  );

/** Whether the Sentinel reports the line's value; undefined where it reports no such setting. */
const reported = ({ master }: SentinelFacts, line: string): boolean | undefined => {
  const { parameter, value } = parseConfigLine(line);
  if (master === undefined) return undefined;
  switch (parameter) {
    case 'down-after-milliseconds':
      return master.downAfterMs === Number(value);
    case 'failover-timeout':
      return master.failoverTimeoutMs === Number(value);
    case 'parallel-syncs':
      return master.parallelSyncs === Number(value);
    default:
      return undefined;
  }
};
