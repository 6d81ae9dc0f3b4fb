/** Counts the requests of an operator in the API server's audit log (cluster/audit-policy.yaml). */
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../cluster/json.ts';
import { LOGS } from '../cluster/layout.ts';
import type { Requests } from './sample.ts';

const FILE = join(LOGS, 'audit.log');

/** The part of an entry that is needed. https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
type Entry = {
  readonly stage: string;
  readonly verb: string;
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string };
};

/** Whose requests count: those that concern one namespace or none. */
export type Counted = { readonly userAgent: string; readonly namespace: string };

/** The end of the log now; give it to `requestsSince`. */
export const auditPosition = async (): Promise<number> => (await stat(FILE)).size;

/** Counts what was logged after a position. A log that has been rotated since is read from its beginning. */
export const requestsSince = async (position: number, counted: Counted): Promise<Requests> => {
  const file = await open(FILE);
  try {
    const { size } = await file.stat();
    const start = position <= size ? position : 0;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return countRequests(buffer.toString('utf8', 0, bytesRead), counted);
  } finally {
    await file.close();
  }
};

/** Counts requests in the text of a log. Watches are left out: they cost nothing while nothing happens. Pure. */
export const countRequests = (log: string, counted: Counted): Requests => {
  const entries = log.split('\n').flatMap((line) => parseEntry(line));
  const own = entries.filter((entry) => isCounted(entry, counted));
  const leases = own.filter(({ objectRef }) => objectRef?.resource === 'leases').length;
  const others = own.filter(({ objectRef }) => objectRef?.resource !== 'leases');
  const reads = others.filter(({ verb }) => verb === 'get' || verb === 'list').length;
  return { reads, writes: others.length - reads, leases };
};

const isCounted = ({ stage, verb, userAgent, objectRef }: Entry, counted: Counted): boolean => {
  if (stage !== 'ResponseComplete' || verb === 'watch') return false;
  if (!(userAgent?.startsWith(counted.userAgent) ?? false)) return false;
  const isLease = objectRef?.resource === 'leases';
  return isLease || objectRef?.namespace === undefined || objectRef.namespace === counted.namespace;
};

const parseEntry = (line: string): readonly Entry[] => {
  if (!line.startsWith('{') || !line.endsWith('}')) return [];
  try {
    return [parseJson<Entry>(line)];
  } catch {
    return []; // a line that is still being written
  }
};
