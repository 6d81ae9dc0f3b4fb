/** kubectl and helm against the cluster under test, every call with a limit. */
import { join, resolve } from 'node:path';
import { run } from '../../../cluster/command.ts';
import { parseJson } from '../../../cluster/json.ts';
import { BIN, CHECKOUT, KUBECONFIG } from '../../../cluster/layout.ts';
import { currentKubeconfig, isLocal } from '../../../cluster/state.ts';

const CALL_LIMIT_MS = 30_000;

/** The kubeconfig of the cluster under test: what main.ts chose, or the local cluster's when a test file runs alone. */
export const kubeconfig = (): string =>
  resolve(process.env['KUBECONFIG_UNDER_TEST'] ?? (isLocal() ? KUBECONFIG : currentKubeconfig(process.env)));

/** The environment in which plain `kubectl` and `helm` are those of the cluster under test. */
export const environment = (): Readonly<Record<string, string>> => ({
  KUBECONFIG: kubeconfig(),
  PATH: isLocal() ? `${BIN}:${process.env['PATH'] ?? ''}` : (process.env['PATH'] ?? ''),
});

export type CallOptions = {
  /** What the program reads from standard input. */
  readonly input?: string;
  readonly limitMs?: number;
};

const program = (name: string): string => (isLocal() ? join(BIN, name) : name);

const call = (command: readonly string[], { input, limitMs }: CallOptions): Promise<string> =>
  run(command, {
    env: environment(),
    cwd: CHECKOUT,
    timeoutMs: limitMs ?? CALL_LIMIT_MS,
    ...(input !== undefined && { input }),
  });

/** Runs kubectl and resolves to what it printed; rejects with what it complained about. */
export const kubectl = (args: readonly string[], options: CallOptions = {}): Promise<string> =>
  call([program('kubectl'), ...args], options);

/** Runs helm in the checkout. */
export const helm = (args: readonly string[], options: CallOptions = {}): Promise<string> =>
  call([program('helm'), ...args], { limitMs: 120_000, ...options });

/** `kubectl … -o json`, in the shape that the caller says it has. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export const kubectlJson = async <T>(args: readonly string[]): Promise<T> =>
  parseJson<T>(await kubectl([...args, '-o', 'json']));

/** Applies objects or the text of a manifest. */
export const apply = async (namespace: string, manifest: string | readonly object[]): Promise<void> => {
  const input = typeof manifest === 'string' ? manifest : JSON.stringify(listOf(manifest));
  await kubectl(['apply', '--namespace', namespace, '-f', '-'], { input });
};

const listOf = (items: readonly object[]): object => ({ apiVersion: 'v1', kind: 'List', items });

export type ContainerKey = { readonly namespace: string; readonly pod: string; readonly container: string };

/** Runs a command in a container. */
export const exec = (
  { namespace, pod, container }: ContainerKey,
  command: readonly string[],
  options: CallOptions = {},
): Promise<string> => {
  const stdin = options.input === undefined ? [] : ['--stdin'];
  const args = ['exec', ...stdin, '--namespace', namespace, pod, '--container', container, '--', ...command];
  return kubectl(args, { limitMs: 15_000, ...options });
};
