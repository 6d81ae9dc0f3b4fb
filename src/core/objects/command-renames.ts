import type { DefaultedFailover } from '../../api/defaults.ts';
import { GROUP } from '../../api/names.ts';
import { fingerprint } from './applied-hash.ts';
import { quoteArgument } from './config-text.ts';

/** The lines of redis.conf for `customCommandRenames`. https://redis.io/docs/latest/operate/oss_and_stack/management/security/ */
export const renameLines = ({ spec }: DefaultedFailover): readonly string[] =>
  renames(spec).map(({ from, to = '' }) => `rename-command ${quoteArgument(from)} ${quoteArgument(to)}`);

/** An annotation of Redis pods, because only a new process has other names; nothing without renames. */
export const renameAnnotation = ({ spec }: DefaultedFailover): Readonly<Record<string, string>> =>
  renames(spec).length === 0 ? {} : { [`redisfailovers.${GROUP}/command-renames`]: fingerprint(renames(spec)) };

const renames = ({ redis }: DefaultedFailover['spec']) => redis.customCommandRenames ?? [];
