/** Illegal manifests of a running failover: the API server refuses each, naming the field, and nothing changes. */
import assert from 'node:assert/strict';
import { GROUP, VERSION } from '../../../src/api/names.ts';
import { specSchema } from '../../../src/api/spec-schema.ts';
import { connect, type Reply, type Server } from '../../conformance/crd-api.ts';
import { getFailover } from '../../e2e/harness/failover.ts';
import { type FailoverKey, identities, podsOf } from '../../e2e/harness/pods.ts';
import { apiPath, specWith } from '../schema/manifest.ts';
import { byPath, representatives, specProperty } from '../schema/properties.ts';
import { illegalValues } from '../schema/values.ts';
import type { Good } from './fields.ts';
import { GOOD } from './steps.ts';

const CLAIM = 'spec.redis.storage.persistentVolumeClaim';
/** Values in the tables that only this name makes illegal. */
const NAME_IN_TABLE = 'written';

type Illegal = { readonly path: string; readonly why: string; readonly spec: unknown };

/**
 * One illegal value of every property in the manifest, as `sweep-api.test.ts` has all of them; what is within a claim only on
 * volumes, as a claim cannot be added later.
 */
export const illegalSpecs = (good: Good): readonly Illegal[] => {
  const root = specProperty(specSchema());
  return representatives(root)
    .filter(({ path }) => path.startsWith(CLAIM) === (good === 'volume'))
    .toSorted(byPath)
    .flatMap((property) =>
      illegalValues(property)
        .slice(-1)
        .map(({ why, value }) => ({
          path: apiPath(property),
          why,
          spec: specWith(root, GOOD[good], property, value),
        })),
    );
};

/** Rejects unless all are refused in words that name the field, and spec and pods are the ones from before. */
export const refusesIllegal = async (failover: FailoverKey, good: Good): Promise<void> => {
  const server = await connect();
  try {
    const before = await identity(failover);
    const write = writerOf(server, failover);
    const complaints: string[] = [];
    for (const illegal of illegalSpecs(good)) complaints.push(...complaintOf(illegal, await write(illegal.spec)));
    assert.equal(complaints.length, 0, complaints.join('\n'));
    assert.deepEqual(await identity(failover), before);
  } finally {
    server.stop();
  }
};

const identity = async (failover: FailoverKey): Promise<object> => {
  const [{ metadata, spec }, pods] = await Promise.all([getFailover(failover), podsOf(failover)]);
  return { generation: metadata.generation, spec, pods: identities(pods) };
};

/** Replaces the spec of the failover, tried again where its status has been written since it was read. */
const writerOf = (server: Server, { namespace, name }: FailoverKey): ((spec: unknown) => Promise<Reply>) => {
  const path = `/apis/${GROUP}/${VERSION}/namespaces/${namespace}/redisfailovers/${name}`;
  const read = async (): Promise<object> => {
    const { code: _code, message: _message, ...live } = await server.send({ method: 'GET', path });
    return live;
  };
  let live: object | undefined;
  return async (spec) => {
    for (;;) {
      live ??= await read();
      const body = { ...live, spec: named(spec, name) };
      const reply = await server.send({ method: 'PUT', path: `${path}?fieldValidation=Strict`, body });
      if (reply.code !== 409) return reply;
      live = undefined;
    }
  };
};

const named = (spec: unknown, name: string): unknown =>
  JSON.parse(JSON.stringify(spec ?? null).replaceAll(`-${NAME_IN_TABLE}"`, `-${name}"`));

const complaintOf = ({ path, why, spec }: Illegal, { code, message }: Reply): readonly string[] => {
  const isRefused = code === 422 || code === 400;
  if (isRefused && message.includes(fieldOf(path))) return [];
  const what = isRefused ? 'is refused and not named' : 'is taken';
  return [`${path}: ${what}, though ${why}: ${JSON.stringify(spec)?.slice(0, 300)}: ${code} ${message.slice(0, 300)}`];
};

/** The field of ours that the path is in: a rule about a change names no more. */
const fieldOf = (path: string): string => {
  const names = path.split('.');
  return names.slice(0, names[1] === 'redis' || names[1] === 'sentinel' ? 3 : 2).join('.');
};
