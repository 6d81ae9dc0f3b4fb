import type { Endpoint } from '../ports.ts';

/** An instance that an event is about, and the master that the Sentinel watches under `master`. */
export type EventSubject = {
  readonly role: 'master' | 'replica' | 'sentinel';
  readonly endpoint: Endpoint;
  readonly master: string;
};

/** What a Sentinel publishes. `other`: known to Sentinel, of no use to us. */
export type SentinelEvent =
  | { readonly kind: 'switch-master'; readonly master: string; readonly from: Endpoint; readonly to: Endpoint }
  | { readonly kind: 'failover'; readonly step: FailoverStep; readonly subject: EventSubject }
  | { readonly kind: 'instance'; readonly change: InstanceChange; readonly subject: EventSubject }
  | { readonly kind: 'other'; readonly channel: string };

/** `aborted` carries no reason here; the channel names it, such as `-failover-abort-no-good-slave`. */
export type FailoverStep = 'tried' | 'selected' | 'promoted' | 'ended' | 'aborted';

/** `down` is one Sentinel's opinion, `agreed-down` the quorum's. */
export type InstanceChange = 'down' | 'up' | 'agreed-down' | 'rebooted' | 'found';

/** One message of the channel. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#pubsub-messages */
export const parseSentinelEvent = (channel: string, message: string): SentinelEvent => {
  if (channel === '+switch-master') return switchOf(message) ?? { kind: 'other', channel };
  const subject = subjectOf(message);
  if (subject === undefined) return { kind: 'other', channel };
  const step = channel.startsWith('-failover-abort-') ? 'aborted' : STEPS.get(channel);
  if (step !== undefined) return { kind: 'failover', step, subject };
  const change = CHANGES.get(channel);
  return change === undefined ? { kind: 'other', channel } : { kind: 'instance', change, subject };
};

const STEPS: ReadonlyMap<string, FailoverStep> = new Map([
  ['+try-failover', 'tried'],
  ['+selected-slave', 'selected'],
  ['+promoted-slave', 'promoted'],
  ['+failover-end', 'ended'],
]);

const CHANGES: ReadonlyMap<string, InstanceChange> = new Map([
  ['+sdown', 'down'],
  ['-sdown', 'up'],
  ['+odown', 'agreed-down'],
  ['+reboot', 'rebooted'],
  ['+slave', 'found'],
  ['+sentinel', 'found'],
]);

const ROLES: ReadonlyMap<string, EventSubject['role']> = new Map([
  ['master', 'master'],
  ['slave', 'replica'],
  ['sentinel', 'sentinel'],
]);

/** `master-name old-ip old-port new-ip new-port` */
const switchOf = (message: string): SentinelEvent | undefined => {
  const [master = '', fromHost, fromPort, toHost, toPort] = message.split(' ');
  const from = endpointOf(fromHost, fromPort);
  const to = endpointOf(toHost, toPort);
  return from && to && { kind: 'switch-master', master, from, to };
};

/** `type name ip port @ master-name master-ip master-port`; a master is its own, without the part from `@` on. */
const subjectOf = (message: string): EventSubject | undefined => {
  const [type = '', name = '', host, port, at, master = ''] = message.split(' ');
  const role = ROLES.get(type);
  const endpoint = endpointOf(host, port);
  return role && endpoint && { role, endpoint, master: at === '@' ? master : name };
};

const endpointOf = (host: string | undefined, port: string | undefined): Endpoint | undefined =>
  host === undefined || !/^\d+$/.test(port ?? '') ? undefined : { host, port: Number(port) };
