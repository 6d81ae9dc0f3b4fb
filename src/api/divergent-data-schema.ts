/** `spec.redis.divergentData`: what becomes of writes that the master never had. */
import { type Schema, text } from './schema.ts';
import type { DivergentData } from './types.ts';

export const divergentDataSchema = (byDefault: DivergentData): Schema =>
  text(
    'What becomes of the data of a Redis that holds writes the master never had, as a second master does after a partition.' +
      ' Discard: they are counted and overwritten when it follows the master. Keep: it saves its data to' +
      ' /data/divergent-ID.rdb on its own volume first, and status.divergence.keptAs names the file; nothing removes it. While' +
      ' that fails it does not follow. For this Redis runs with enable-protected-configs, so whoever may use CONFIG SET can' +
      ' write files wherever its process may: use it with auth. A change rolls the Redis pods.',
    { enum: ['Discard', 'Keep'], default: byDefault },
  );
