/** The manifests that users copy from `examples`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CHECKOUT } from '../../../cluster/layout.ts';
import { KIND } from '../../../src/api/names.ts';
import { isRecord } from '../../../src/core/objects/json.ts';
import { kubectl } from './kubectl.ts';

const FOLDER = 'examples';
const TESTS = join(CHECKOUT, 'test', 'e2e');

export type Example = {
  readonly file: string;
  /** The RedisFailover's. */
  readonly name: string;
  /**
   * Whether it can be applied anywhere and becomes Ready by itself. The first example of the README names its own namespace;
   * a failover that starts from another Redis needs that one.
   */
  readonly standsAlone: boolean;
};

/** All of them, by file name. */
export const examples = (): readonly Example[] => readdirSync(join(CHECKOUT, FOLDER)).sort().map(exampleOf);

const exampleOf = (file: string): Example => {
  const failover = documentsOf(file).find((one) => isRecord(one) && one['kind'] === KIND);
  const { metadata, spec } = recordOf(failover);
  const { name, namespace } = recordOf(metadata);
  const standsAlone = namespace === undefined && recordOf(spec)['bootstrapNode'] === undefined;
  return { file, name: String(name), standsAlone };
};

const documentsOf = (file: string): readonly unknown[] =>
  parseAllDocuments(readFileSync(join(CHECKOUT, FOLDER, file), 'utf8')).map((document) => {
    const value: unknown = document.toJS();
    return value;
  });

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** Applies the file as it stands. */
export const applyExample = async (namespace: string, { file }: Example): Promise<void> => {
  await kubectl(['apply', '--namespace', namespace, '-f', `${FOLDER}/${file}`]);
};

/** The end to end tests that name an example's file. */
export const testsThatName = ({ file }: Example): readonly string[] =>
  readdirSync(TESTS).filter((one) => one.endsWith('.test.ts') && readFileSync(join(TESTS, one), 'utf8').includes(file));
