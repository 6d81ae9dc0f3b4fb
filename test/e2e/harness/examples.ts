import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHECKOUT } from '../../../cluster/layout.ts';
import type { RedisFailover } from '../../../src/api/types.ts';

/** The RedisFailover of a file in `examples`, in another namespace. */
export const exampleIn = (namespace: string, file: string): RedisFailover => {
  const text = readFileSync(join(CHECKOUT, 'examples', file), 'utf8');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API server judges it
  const example = parse(text) as RedisFailover;
  return { ...example, metadata: { ...example.metadata, namespace } };
};
