import { createHash } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';

type DispatcherOptionsArguments = Parameters<KubeConfig['createDispatcherOptions']>;
type DispatcherOptions = ReturnType<KubeConfig['createDispatcherOptions']>;
type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/** What a request needs besides its path. `prefix` is the path that the server's URL ends in, often ''. */
export type Authorization = {
  readonly origin: string;
  readonly prefix: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
};

/**
 * Where the API server is and who we are: a kubeconfig (with exec plugins and proxies) or the pod's service account. Keeps
 * one dispatcher, and with it open connections, for as long as the TLS material stays the same; the library makes a new one
 * for every request. Tokens are asked for anew with every request: the library re-reads a token file once a minute and runs
 * an exec plugin again when its credential has expired.
 */
export class Credentials extends KubeConfig {
  #kept: { readonly identity: string; readonly dispatcher: Dispatcher } | undefined;
  #identity = '';
  #underWay: Promise<Authorization> | undefined;

  /** From the file, or else as kubectl finds it: $KUBECONFIG, ~/.kube/config, the service account of the pod. */
  static load(kubeconfig: string | undefined): Credentials {
    const credentials = new Credentials();
    if (kubeconfig === undefined) credentials.loadFromDefault();
    else credentials.loadFromFile(kubeconfig);
    return credentials;
  }

  /** Requests that start at the same time share one answer, so that a plugin runs once for all of them. */
  authorize(): Promise<Authorization> {
    this.#underWay ??= this.#authorize().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Ends all connections; for the end of the process or of a test. */
  async close(): Promise<void> {
    await this.#kept?.dispatcher.destroy();
    this.#kept = undefined;
  }

  async #authorize(): Promise<Authorization> {
    const cluster = this.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig has no current cluster');
    const url = new URL(cluster.server);
    const context = new RequestContext(cluster.server, HttpMethod.GET);
    await this.applySecurityAuthentication(context);
    const dispatcher = this.#keep(context.getDispatcher());
    return { origin: url.origin, prefix: url.pathname.replace(/\/$/, ''), headers: context.getHeaders(), dispatcher };
  }

  #keep(fresh: Dispatcher | undefined): Dispatcher {
    if (this.#kept?.identity === this.#identity) return this.#kept.dispatcher;
    if (fresh === undefined) throw new Error('the kubeconfig names no way to connect');
    // Requests and watches that are under way finish on the old connections.
    this.#kept?.dispatcher.close(() => undefined);
    this.#kept = { identity: this.#identity, dispatcher: fresh };
    return fresh;
  }

  /** Called by the library whenever it makes a dispatcher: here is seen what the connections would be made of. */
  override createDispatcherOptions(...[cluster, tls]: DispatcherOptionsArguments): DispatcherOptions {
    const options = super.createDispatcherOptions(cluster, tls);
    this.#identity = identityOf(tls);
    if (options.type === 'none') return { type: 'agent', connect: { ...TCP_KEEP_ALIVE, ...HTTP1 } };
    if (options.type === 'agent') return { ...options, connect: { ...options.connect, ...HTTP1 } };
    return { ...options, requestTls: { ...options.requestTls, ...HTTP1 } };
  }
}

/**
 * undici would multiplex everything over one HTTP/2 connection. With HTTP/1.1 a request that is aborted takes its socket
 * along, so that a connection that died without a word fails the requests on it and no other.
 */
const HTTP1 = { allowH2: false };
const TCP_KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 30_000 };

/** A digest of what the connections are made of: the certificate authority, our certificate and its key. */
const identityOf = (tls: DispatcherOptionsArguments[1]): string => {
  const hash = createHash('sha256');
  for (const part of [tls.ca, tls.cert, tls.key]) hash.update(JSON.stringify(part ?? null)).update('\n');
  return hash.digest('base64');
};
