/** The operator's process: reads its flags, takes the lease, and works until it is told to stop. */
import { parseArgs } from 'node:util';
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

const namespaces = values['watch-namespaces'].split(',').filter((name) => name !== '');
const outcome = await run({
  ...(values.kubeconfig !== undefined && { kubeconfig: values.kubeconfig }),
  listenAddress: values['listen-address'],
  lease: {
    name: values['lease-name'],
    namespace: values['lease-namespace'],
    identity: `${values['lease-identity']}_${systemRandom.uuid()}`,
  },
  namespaces: namespaces.length === 0 ? undefined : namespaces,
  concurrency: Number(values.concurrency),
  clock: systemClock,
  random: systemRandom,
  log,
  signal: stop.signal,
});
log.info('stopped', { outcome });
process.exit(outcome === 'lost' ? 1 : 0);
