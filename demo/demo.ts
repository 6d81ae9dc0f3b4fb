/**
 * `make demo`: a cluster, the operator, a failover, its master killed while clients write; told in the terminal. Can be run
 * again and again, and leaves everything running. The exit code is 1 if anything that is claimed was not so.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../bench/client/load.ts';
import { signalContainer } from '../cluster/faults.ts';
import { step } from '../cluster/progress.ts';
import { ensureCluster, ensureImages, isLocal } from '../cluster/state.ts';
import { MASTER_NAME, SENTINEL_PORT, sentinelName } from '../src/api/names.ts';
import { waitReady } from '../test/e2e/harness/failover.ts';
import { kubectl } from '../test/e2e/harness/kubectl.ts';
import { acknowledged, type Load, startLoad, stopLoad, writesAgain } from '../test/e2e/harness/load.ts';
import { deletePods, type PodView } from '../test/e2e/harness/pods.ts';
import { type Settled, settled } from '../test/e2e/harness/views.ts';
import { claimsOf } from './claims.ts';
import { farewell } from './farewell.ts';
import { installShown } from './install.ts';
import { heading, show, tell, tellClaim, tellCommand, tellFailure } from './narration.ts';

const EXAMPLE = { namespace: 'default', name: 'my-redis-cluster' };
const SIZES = { redis: 3, sentinel: 3 };
const WRITE_BEFORE_MS = 3_000;
/** Nothing is asked of the cluster while it fails over, so that the numbers are its own. */
const QUIET_MS = 3_000;

const main = async (): Promise<boolean> => {
  heading(1, 'A real Kubernetes');
  await startCluster();
  heading(2, 'The operator, by its Helm chart');
  await installShown();
  heading(3, 'A RedisFailover');
  const before = await createExample();
  heading(4, 'Clients write, and the master is killed');
  const load = await startLoadShown();
  try {
    const killedAt = await killMaster(before.master);
    const after = await recover(load);
    heading(5, 'What happened');
    return await judge(load, { before, after, killedAt });
  } finally {
    await kubectl(['delete', 'pod', load.pod, '--namespace', EXAMPLE.namespace, '--wait=false', '--ignore-not-found']);
  }
};

const startCluster = async (): Promise<void> => {
  if (isLocal()) {
    tell('Three nodes on this machine: containerd, kubelet, etcd, API server, all of them the real ones.');
    tellCommand('make cluster');
  } else tell('The one of your kubeconfig.');
  process.env['KUBECONFIG_UNDER_TEST'] = (await ensureCluster()).kubeconfig;
  if (isLocal()) {
    await ensureImages();
    tell('From here on, kubectl and helm are those of the cluster:');
    tellCommand('export KUBECONFIG=$PWD/.cluster/kubeconfig PATH=$PWD/.cluster/bin:$PATH');
  }
  await show(['kubectl', 'get', 'nodes']);
};

const createExample = async (): Promise<Settled> => {
  tell('The whole request is a few lines: three Redis on volumes, three Sentinels.');
  await show(['cat', 'examples/my-redisfailover.yaml']);
  await show(['kubectl', 'apply', '-f', 'examples/my-redisfailover.yaml']);
  await step('waiting until it is Ready', () => waitReady(EXAMPLE));
  const members = await step('asking every Redis, Sentinel and Service who the master is', () =>
    settled(EXAMPLE, SIZES),
  );
  await showState();
  tell('Sentinel answers with the address of the master, to clients just as here:');
  const ask = ['redis-cli', '-p', String(SENTINEL_PORT), 'SENTINEL', 'get-master-addr-by-name', MASTER_NAME];
  await show(['kubectl', 'exec', `deployment/${sentinelName(EXAMPLE.name)}`, '-c', 'sentinel', '--', ...ask]);
  tell(`That is ${members.master.name} on ${members.master.node}.`);
  return members;
};

const showState = async (): Promise<void> => {
  await show(['kubectl', 'get', 'redisfailover']);
  const selector = `app.kubernetes.io/part-of=${EXAMPLE.name}`;
  await show(['kubectl', 'get', 'pods', '-l', selector, '-L', 'redisfailovers-role']);
};

const startLoadShown = async (): Promise<Load> => {
  tell('Two clients write a new key every 5 ms and try again when they must: one asks Sentinel for the master, one');
  tell("connects to the master's Service.");
  const load = await step('starting the clients', () => startLoad(EXAMPLE));
  await sleep(WRITE_BEFORE_MS);
  const { sentinel, service } = await acknowledged(load);
  tell(`So far Redis has acknowledged ${sentinel} and ${service} writes.`);
  return load;
};

/** Resolves to the time of the kill. The API server is not told: the local cluster's containerd is. */
const killMaster = async ({ name }: PodView): Promise<number> => {
  const { namespace } = EXAMPLE;
  if (isLocal()) {
    tell(`Now the processes of ${name} are killed, without a word to Kubernetes, Sentinel or the operator:`);
    tellCommand(`ctr --namespace k8s.io tasks kill --all --signal SIGKILL # the redis container of ${name}`);
    const killedAt = now();
    await signalContainer({ namespace, pod: name, container: 'redis', signal: 'SIGKILL' });
    return killedAt;
  }
  tell(`Now ${name} is deleted, without time to say good-bye:`);
  tellCommand(`kubectl delete pod ${name} --grace-period=0 --force`);
  const killedAt = now();
  await deletePods(namespace, [name], { graceSeconds: 0 });
  return killedAt;
};

const recover = async (load: Load): Promise<Settled> => {
  await sleep(QUIET_MS);
  await step('waiting until both clients write', async () => writesAgain(load, await acknowledged(load)));
  return step('waiting until the old master is back and all agree', () => settled(EXAMPLE, SIZES));
};

type Run = { readonly before: Settled; readonly after: Settled; readonly killedAt: number };

const judge = async (load: Load, { before, after, killedAt }: Run): Promise<boolean> => {
  await showState();
  const { sentinel, service } = await step('stopping the clients, which look for every key they wrote', () =>
    stopLoad(load),
  );
  const claims = claimsOf({
    oldMaster: before.master.name,
    newMaster: after.master.name,
    replicas: after.replicas.map(({ name }) => name),
    killedAt,
    summaries: [sentinel, service],
  });
  tell('');
  for (const { sentence, holds } of claims) tellClaim(sentence, holds ? 'holds' : 'does not hold');
  return claims.every(({ holds }) => holds);
};

try {
  const asClaimed = await main();
  farewell(EXAMPLE);
  if (!asClaimed) {
    tellFailure('Not everything was as it should be.');
    process.exitCode = 1;
  }
} catch (error) {
  tellFailure(`The demonstration failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
