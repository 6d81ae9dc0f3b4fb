/** A failover as an administrator asks for one, to bring a failover into the state that a test begins with. */
import { MASTER_NAME } from '../../../src/api/names.ts';
import { eventually } from './eventually.ts';
import type { Sizes } from './failover.ts';
import type { FailoverKey, PodView } from './pods.ts';
import { redisCli, sentinelCli } from './redis-cli.ts';
import { settled } from './views.ts';

type Wanted = { readonly pod: string; readonly sizes: Sizes };

/** Resolves when `pod` is the master of a settled failover. */
export const electMaster = async (failover: FailoverKey, { pod, sizes }: Wanted): Promise<void> => {
  const { sentinels } = await settled(failover, sizes);
  await redisCli(failover, pod, 'CONFIG', 'SET', 'replica-priority', '1');
  await eventually(`${pod} is master`, 180_000, async () => {
    const { master, replicas } = await settled(failover, sizes);
    if (master.name === pod) return;
    await ask(failover, sentinels, replicas.find(({ name }) => name === pod)?.ip ?? '');
    throw new Error(`${master.name} is master`);
  });
  await redisCli(failover, pod, 'CONFIG', 'SET', 'replica-priority', '100');
};

/** Sentinel chooses by the priority that it read last, which it does every 10 s; it must have read the new one. */
const ask = async (failover: FailoverKey, sentinels: readonly PodView[], ip: string): Promise<void> => {
  const [sentinel] = sentinels;
  const call = (...words: readonly string[]): Promise<string> => sentinelCli(failover, sentinel?.name ?? '', ...words);
  await eventually(`${sentinel?.name} knows the new priority`, 30_000, async () => {
    const text = await call('REPLICAS', MASTER_NAME);
    const own = text.split('\nname\n').find((one) => one.includes(`\nip\n${ip}\n`));
    if (!own?.includes('\nslave-priority\n1\n')) throw new Error('it still has the old one');
  });
  await call('FAILOVER', MASTER_NAME);
};
