/**
 * Every property of the spec on a real API server: legal values are taken, illegal ones refused in words that name the
 * property, and the last good manifest restores the spec byte by byte. Under names of its own, so that no operator acts.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stringify } from 'yaml';
import { specSchema } from '../../src/api/spec-schema.ts';
import { mergePatchOf } from '../../src/core/objects/merge-patch.ts';
import { systemRandom } from '../../src/system.ts';
import { connect, kubectl, type Reply, type Server } from '../conformance/crd-api.ts';
import { namesFor, ourCrd } from '../conformance/predecessor-crd.ts';
import { inParallel } from './in-parallel.ts';
import { GOOD_STATUS, goodFor } from './schema/good.ts';
import { ABSENT, apiPath, specWith } from './schema/manifest.ts';
import { OVERRIDES } from './schema/overrides.ts';
import { byPath, everyProperty, type Property, representatives, specProperty } from './schema/properties.ts';
import { asObject, illegalValues, legalValue } from './schema/values.ts';

const LIMIT_MS = 5 * 60_000;
const id = systemRandom.uuid().slice(0, 8);
const names = namesFor(id);
const crdName = `${names.plural}.${names.group}`;
const namespace = `sweep-${id}`;
const NAMESPACES = '/api/v1/namespaces';
const OBJECTS = `/apis/${names.group}/v1/namespaces/${namespace}/${names.plural}`;
const STRICT = 'fieldValidation=Strict';

const root = specProperty(specSchema());

let server: Server;

before(async () => {
  kubectl(['create', '-f', '-'], stringify(ourCrd(names)));
  server = await connect();
  await server.send({ method: 'POST', path: NAMESPACES, body: { metadata: { name: namespace } } });
  await served();
});

after(async () => {
  await server.send({ method: 'DELETE', path: `${NAMESPACES}/${namespace}` });
  server.stop();
  kubectl(['delete', 'crd', crdName, '--wait=false']);
});

/** A moment after its CRD the kind can be asked for. */
const served = async (): Promise<void> => {
  const limit = AbortSignal.timeout(20_000);
  while ((await server.send({ method: 'GET', path: OBJECTS })).code !== 200) assert.ok(!limit.aborted, 'never served');
};

const manifest = (name: string, spec: unknown): object => ({
  apiVersion: `${names.group}/v1`,
  kind: names.kind,
  metadata: { name },
  spec,
});

const wouldCreate = (spec: unknown): Promise<Reply> =>
  server.send({ method: 'POST', path: `${OBJECTS}?dryRun=All&${STRICT}`, body: manifest('written', spec) });

const create = (name: string, spec: unknown): Promise<Reply> =>
  server.send({ method: 'POST', path: `${OBJECTS}?${STRICT}`, body: manifest(name, spec) });

type Change = { readonly from: unknown; readonly to: object };

/** As `kubectl apply` does: what the manifest of before had, and this one has not, is taken out. */
const apply = (name: string, { from, to }: Change): Promise<Reply> => {
  const body = { spec: mergePatchOf(from, to) };
  return server.send({ method: 'PATCH', path: `${OBJECTS}/${name}?${STRICT}`, body });
};

const isTaken = ({ code }: Reply): boolean => code === 200 || code === 201;

/** What is wrong with a step of the sweep: the property, the value, and what the API server said. */
const complaint = ({ path }: Property, what: string, { value, reply }: { value: unknown; reply: Reply }): string =>
  `${path}: ${what}: ${JSON.stringify(value)?.slice(0, 200)}: ${reply.code} ${reply.message.slice(0, 500)}`;

const notRefused = (property: Property, why: string, { value, reply }: { value: unknown; reply: Reply }) => {
  const isRefused = reply.code === 422 || reply.code === 400;
  if (!isRefused) return [complaint(property, `is taken, though ${why}`, { value, reply })];
  return reply.message.includes(apiPath(property))
    ? []
    : [complaint(property, `is refused (${why}) and not named`, { value, reply })];
};

const tryIllegal = async (property: Property): Promise<readonly string[]> => {
  const complaints: string[] = [];
  for (const { why, value } of illegalValues(property)) {
    const reply = await wouldCreate(specWith(root, goodFor(property.path), property, value));
    complaints.push(...notRefused(property, why, { value, reply }));
  }
  return complaints;
};

/** The spec as the API server has it, byte by byte. */
const storedSpec = async (name: string): Promise<string> =>
  JSON.stringify((await server.send({ method: 'GET', path: `${OBJECTS}/${name}` })).spec);

/** Sets the property, changes it, leaves it out, and applies the last good manifest. */
const tryLegal = async (property: Property, name: string): Promise<readonly string[]> => {
  const good = goodFor(property.path);
  const created = await create(name, good);
  if (!isTaken(created)) return [complaint(property, 'cannot begin', { value: good, reply: created })];
  await server.send({ method: 'PATCH', path: `${OBJECTS}/${name}/status`, body: { status: GOOD_STATUS } });
  const first = await storedSpec(name);
  const isFixed = OVERRIDES[property.path]?.fixed === true;
  const complaints = isFixed ? await tryFixed(property, name) : await tryChanges(property, name);
  const last = await storedSpec(name);
  return last === first ? complaints : [...complaints, `${property.path}: differs\nbefore ${first}\nafter  ${last}`];
};

const tryChanges = async (property: Property, name: string): Promise<readonly string[]> => {
  const good = goodFor(property.path);
  const values = [legalValue(property, 0), legalValue(property, 1), ...(property.required ? [] : [ABSENT])];
  const manifests = [...values.map((value) => asObject(specWith(root, good, property, value))), good];
  const complaints: string[] = [];
  let from = good;
  for (const to of manifests) {
    const reply = await apply(name, { from, to });
    if (isTaken(reply)) from = to;
    else complaints.push(complaint(property, 'a legal manifest is refused', { value: to, reply }));
  }
  return complaints;
};

/** Tries the values at creation, and a change of what exists. */
const tryFixed = async (property: Property, name: string): Promise<readonly string[]> => {
  const good = goodFor(property.path);
  const complaints: string[] = [];
  for (const value of [legalValue(property, 0), legalValue(property, 1)]) {
    const reply = await wouldCreate(specWith(root, good, property, value));
    if (!isTaken(reply)) complaints.push(complaint(property, 'a legal value is refused', { value, reply }));
  }
  const value = legalValue(property, 1);
  const reply = await apply(name, { from: good, to: asObject(specWith(root, good, property, value)) });
  return [...complaints, ...notRefused(property, 'it cannot be changed', { value, reply })];
};

const report = (complaints: readonly string[]): void =>
  assert.equal(complaints.length, 0, `${complaints.length} steps failed:\n${complaints.join('\n')}`);

test('every illegal value of every property is refused in words that name it', { timeout: LIMIT_MS }, async () => {
  const properties = everyProperty(root).toSorted(byPath);
  report((await inParallel(properties, tryIllegal)).flat());
});

test('every property can be set, changed and left out, and the last good manifest restores every byte', {
  timeout: LIMIT_MS,
}, async () => {
  const properties = representatives(root).toSorted(byPath);
  report((await inParallel(properties, (property, index) => tryLegal(property, `swept-${index}`))).flat());
});
