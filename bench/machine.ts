/** Where and with what a benchmark ran, in a sentence each. */
import { cpus, release, totalmem } from 'node:os';
import { run } from '../cluster/command.ts';
import { CHECKOUT } from '../cluster/layout.ts';
import { kubectlJson } from '../test/e2e/harness/kubectl.ts';

const GIBIBYTE = 2 ** 30;

type NodeList = {
  readonly items: readonly { readonly status: { readonly nodeInfo: { readonly kubeletVersion: string } } }[];
};

/** Lines of a Markdown list: date, machine, versions, and what was left out. */
export const describeMachine = async (date: Date): Promise<readonly string[]> => {
  const { items } = await kubectlJson<NodeList>(['get', 'nodes']);
  const kubelet = items[0]?.status.nodeInfo.kubeletVersion ?? 'unknown';
  const processors = cpus();
  return [
    `- Date: ${date.toISOString().slice(0, 10)}, commit ${await commit()}.`,
    `- Machine: ${processors.length} cores (${processors[0]?.model.trim() ?? 'unknown'}), ` +
      `${Math.round(totalmem() / GIBIBYTE)} GiB of memory, Linux ${release()}.`,
    `- Kubernetes ${kubelet}, ${items.length} nodes on this machine; Node.js ${process.version}.`,
  ];
};

const commit = async (): Promise<string> => {
  const hash = (await git('rev-parse', '--short', 'HEAD')).trim();
  const changes = await git('status', '--porcelain', '--untracked-files=no', 'src', 'helm', 'images');
  return `${hash === '' ? 'unknown' : hash}${changes.trim() === '' ? '' : ' with changes'}`;
};

/** A checkout without git is no reason to fail. */
const git = (...args: readonly string[]): Promise<string> => run(['git', ...args], { cwd: CHECKOUT }).catch(() => '');
