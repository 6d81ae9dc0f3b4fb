/** The few requests to the API server that the provisioner makes, over one kept connection for each. */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { parseJson } from '../json.ts';

/** Whoever `kubeconfig` speaks for. The file must be one of certificates.ts: JSON, with its certificates inside. */
export type Api = {
  /** Resolves to the status code; 404 and 409 are answers, other failures reject. */
  readonly send: (method: 'POST' | 'DELETE', path: string, body?: object) => Promise<number>;
  /** Calls back with the JSON of an event for all that exists, then for each change, until either side ends it. */
  readonly watch: (path: string, onEvent: (event: string) => void) => Promise<void>;
};

type Kubeconfig = {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } },
  ];
};

const REQUEST_TIMEOUT_MS = 10_000;
/** The API server is asked to end a watch after this long; a connection that died silently is noticed by then. */
const WATCH_SECONDS = 300;
const EXPECTED = new Set([200, 201, 202, 404, 409]);

export const openApi = async (kubeconfig: string): Promise<Api> => {
  const { clusters, users } = parseJson<Kubeconfig>(await readFile(kubeconfig, 'utf8'));
  const agent = new Agent({
    keepAlive: true,
    ca: decode(clusters[0].cluster['certificate-authority-data']),
    cert: decode(users[0].user['client-certificate-data']),
    key: decode(users[0].user['client-key-data']),
  });
  const url = (path: string): URL => new URL(path, clusters[0].cluster.server);
  return {
    send: (method, path, body) => send(agent, { method, url: url(path), body }),
    watch: (path, onEvent) => watch(agent, url(`${path}?watch=true&timeoutSeconds=${WATCH_SECONDS}`), onEvent),
  };
};

const decode = (text: string): Buffer => Buffer.from(text, 'base64');

const send = (agent: Agent, call: { method: string; url: URL; body: object | undefined }): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const outgoing = request(
      call.url,
      { agent, method: call.method, headers, timeout: REQUEST_TIMEOUT_MS },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        if (EXPECTED.has(status)) resolve(status);
        else reject(new Error(`${call.method} ${call.url.pathname}: ${status}`));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout'))).on('error', reject);
    outgoing.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  });

const watch = (agent: Agent, url: URL, onEvent: (event: string) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, timeout: (WATCH_SECONDS + 30) * 1000 }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`watching ${url.pathname}: ${response.statusCode}`));
      createInterface(response).on('line', onEvent);
      response.on('close', resolve).on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout'))).on('error', reject);
    outgoing.end();
  });
