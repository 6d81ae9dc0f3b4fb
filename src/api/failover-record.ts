/** An entry of `status.failovers`: one change of the master. */
import { integer, list, type Schema, text } from './schema.ts';

/** How many changes of the master the status remembers. */
export const FAILOVERS_LIMIT = 10;

/** Why the master changed. */
export const FAILOVER_CAUSES = [
  'HandOver',
  'MasterCrashed',
  'PodDeleted',
  'MasterUnreachable',
  'SentinelFailover',
  'Recovery',
] as const;

export type FailoverCause = (typeof FAILOVER_CAUSES)[number];

/** One change of the master. Times are RFC 3339 with milliseconds. */
export type FailoverRecord = {
  readonly cause: FailoverCause;
  readonly message: string;
  /** When the operator first saw that the master did not serve, or began to hand it over; undefined when it did not see that. */
  readonly detected?: string;
  /** When the operator saw the new master. */
  readonly promoted: string;
  readonly from: string;
  readonly to: string;
  /** Undefined when it is not known. */
  readonly bytesBehind?: number;
};

/** Its schema. */
export const failoversSchema = (): Schema =>
  list(`The last ${FAILOVERS_LIMIT} changes of the master, the newest first. The first master is none.`, {
    type: 'object',
    required: ['cause', 'promoted', 'from', 'to'],
    properties: {
      cause: text(
        'HandOver it was planned; MasterCrashed its process ended; PodDeleted its pod was deleted, evicted or replaced;' +
          ' MasterUnreachable it, its node or the network did not answer; SentinelFailover Sentinel elected another for a' +
          ' reason the operator did not see; Recovery the operator chose, because no Sentinel majority could.',
        { enum: FAILOVER_CAUSES },
      ),
      message: text('What was seen, or why it was planned.'),
      detected: text('When the operator first saw it, or began the hand-over. Not there when it did not see it.', {
        format: 'date-time',
      }),
      promoted: text('When the operator saw the new master.', { format: 'date-time' }),
      from: text('The pod of the old master.'),
      to: text('The pod of the new master.'),
      bytesBehind: integer(
        'How many bytes of the replication stream, at least, the new master lacked when it was promoted, by what was last' +
          ' seen of the old one. Not there when that is not known.',
        { format: 'int64' },
      ),
    },
  });
