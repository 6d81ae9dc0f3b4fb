/** The API server under test as it is over plain HTTP, through `kubectl proxy`: with dry runs, and with its own words. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RedisFailover } from '../../src/api/types.ts';
import { parseJson } from '../../src/kube/json.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LOCAL_KUBECTL = join(ROOT, '.cluster', 'bin', 'kubectl');
const LIMIT_MS = 20_000;

const LOCAL_HELM = join(ROOT, '.cluster', 'bin', 'helm');
const HELM_LIMIT_MS = 60_000;

/** kubectl, with the kubeconfig of $KUBECONFIG_UNDER_TEST or else of the local cluster. Throws when there is none. */
const kubectlCommand = (): readonly [string, ...string[]] => {
  const kubeconfig = process.env['KUBECONFIG_UNDER_TEST'] ?? join(ROOT, '.cluster', 'kubeconfig');
  if (!existsSync(kubeconfig)) throw new Error(`no cluster to test against: ${kubeconfig} does not exist`);
  return [existsSync(LOCAL_KUBECTL) ? LOCAL_KUBECTL : 'kubectl', '--kubeconfig', kubeconfig];
};

/** Runs kubectl, with something to read if it is given. Throws what it says when it fails. */
export const kubectl = (args: readonly string[], input?: string): string => {
  const [program, ...options] = kubectlCommand();
  return execFileSync(program, [...options, ...args], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    stdio: 'pipe',
    ...(input !== undefined && { input }),
  });
};

/** Runs helm against the same cluster. Throws what it says when it fails. */
export const helm = (args: readonly string[]): string => {
  const [, ...options] = kubectlCommand();
  return execFileSync(existsSync(LOCAL_HELM) ? LOCAL_HELM : 'helm', [...args, ...options], {
    encoding: 'utf8',
    timeout: HELM_LIMIT_MS,
    stdio: 'pipe',
  });
};

/** What the API server answered: the object, or a Status whose message says what is wrong with it. */
export type Reply = Partial<RedisFailover> & { readonly code: number; readonly message: string };

export type Request = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
};

export type Server = {
  /** Sends JSON; a PATCH is a merge patch. Never rejects because the server refuses. */
  readonly send: (request: Request) => Promise<Reply>;
  readonly stop: () => void;
};

/** Starts a proxy of its own. */
export const connect = async (): Promise<Server> => {
  const [program, ...options] = kubectlCommand();
  const proxy = spawn(program, [...options, 'proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: proxy.stdout })[Symbol.asyncIterator]();
  const first: IteratorResult<string, unknown> = await lines.next();
  const address = /127\.0\.0\.1:\d+/.exec(first.done === true ? '' : first.value)?.[0];
  if (address === undefined) throw new Error('kubectl proxy did not start');
  return { send: (request) => send(`http://${address}`, request), stop: () => proxy.kill() };
};

const send = async (origin: string, { method, path, body }: Request): Promise<Reply> => {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: { 'content-type': type },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const text = await response.text();
  // A path that is not served yet is answered in plain words.
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { message: text, ...(isJson && { message: '', ...parseJson<Partial<Reply>>(text) }), code: response.status };
};
