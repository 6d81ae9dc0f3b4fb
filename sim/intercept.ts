import type { KubeApi } from '../src/ports.ts';

/** The same API, but `check` runs before every request and may throw what the request then rejects with. */
export const intercept = (api: KubeApi, check: (verb: keyof KubeApi) => void): KubeApi => ({
  list: async (...call) => {
    check('list');
    return api.list(...call);
  },
  watch: async function* (...call) {
    check('watch');
    yield* api.watch(...call);
  },
  get: async (...call) => {
    check('get');
    return api.get(...call);
  },
  apply: async (...call) => {
    check('apply');
    return api.apply(...call);
  },
  create: async (...call) => {
    check('create');
    return api.create(...call);
  },
  replace: async (...call) => {
    check('replace');
    return api.replace(...call);
  },
  mergePatch: async (...call) => {
    check('mergePatch');
    return api.mergePatch(...call);
  },
  delete: async (...call) => {
    check('delete');
    return api.delete(...call);
  },
});
