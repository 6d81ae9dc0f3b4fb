/** The HTTP server for Prometheus and for the probes of the operator's own pod. */
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/** A probe's answer: healthy, or why not. */
export type Health = { readonly healthy: boolean; readonly message: string };

type Options = {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  readonly live: () => Health;
  readonly ready: () => Health;
};

/** Serves `/metrics`, `/livez` and `/readyz`; everything else is 404. Resolves once it listens. */
export const serve = async (options: Options): Promise<Server> => {
  const server = createServer((request, response) => {
    void answer(options, request.url ?? '').then(({ code, type, body }) => {
      response.writeHead(code, { 'content-type': type }).end(body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host === '' ? undefined : options.host, resolve);
  });
  return server;
};

type Answer = { readonly code: number; readonly type: string; readonly body: string };

const answer = async (options: Options, url: string): Promise<Answer> => {
  switch (url.split('?')[0] ?? '') {
    case '/metrics':
      return { code: 200, type: options.registry.contentType, body: await options.registry.metrics() };
    case '/livez':
      return health(options.live());
    case '/readyz':
      return health(options.ready());
    default:
      return { code: 404, type: 'text/plain', body: 'not found\n' };
  }
};

const health = ({ healthy, message }: Health): Answer => ({
  code: healthy ? 200 : 503,
  type: 'text/plain',
  body: `${message}\n`,
});
