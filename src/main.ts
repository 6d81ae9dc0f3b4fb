/** The operator's process: reads its flags, takes the lease, and works until it is told to stop. */
import { parseArgs } from 'node:util';
import { modeOf } from './operator/permission.ts';
import { run } from './operator/run.ts';
import { createLog, systemClock, systemRandom } from './system.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    'listen-address': { type: 'string', default: ':9710' },
    'log-level': { type: 'string', default: 'info' },
    'lease-name': { type: 'string', default: 'redis-operator' },
    'lease-namespace': { type: 'string', default: process.env['POD_NAMESPACE'] ?? 'default' },
    'lease-identity': { type: 'string', default: process.env['POD_NAME'] ?? 'local' },
    'watch-namespaces': { type: 'string', default: '' },
    concurrency: { type: 'string', default: '10' },
    mode: { type: 'string', default: 'manage' },
    'predecessor-leases': { type: 'string', default: 'redis-failover-lease' },
    'predecessor-namespaces': { type: 'string', default: '' },
  },
});

const log = createLog({ level: values['log-level'], name: 'redis-operator' });
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    log.info('stopping', { signal });
    stop.abort(new Error(`received ${signal}`));
  });
}

const names = (list: string): readonly string[] => list.split(',').filter((name) => name !== '');
const orAll = (list: readonly string[]): readonly string[] | undefined => (list.length === 0 ? undefined : list);

const mode = modeOf(values.mode);
if (mode === undefined) throw new Error(`--mode=${values.mode} is neither manage nor observe`);
const outcome = await run({
  ...(values.kubeconfig !== undefined && { kubeconfig: values.kubeconfig }),
  listenAddress: values['listen-address'],
  lease: {
    name: values['lease-name'],
    namespace: values['lease-namespace'],
    identity: `${values['lease-identity']}_${systemRandom.uuid()}`,
  },
  namespaces: orAll(names(values['watch-namespaces'])),
  mode,
  predecessor: {
    leases: names(values['predecessor-leases']),
    namespaces: orAll(names(values['predecessor-namespaces'])),
  },
  concurrency: Number(values.concurrency),
  clock: systemClock,
  random: systemRandom,
  log,
  signal: stop.signal,
});
log.info('stopped', { outcome });
process.exit(outcome === 'lost' ? 1 : 0);
