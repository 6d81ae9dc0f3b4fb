/** The settings that a Sentinel is to have: those of customConfig, and ours where it names none. */
import { parseConfigLine } from '../api/config-lines.ts';
import { type DefaultedSentinel, SENTINEL_DEFAULTS } from '../api/defaults.ts';

/**
 * What holds where customConfig says nothing. Without the second a hand-over that meets a ghost would wait Sentinel's own three
 * minutes. The last is Sentinel's own default, here so that it comes back when its line is removed.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#other-sentinel-options
 */
const BASE_LINES = [...SENTINEL_DEFAULTS.customConfig, 'parallel-syncs 1'] as const;

/** One line an option: the last of customConfig about it, else ours. */
export const sentinelLines = ({ customConfig }: Pick<DefaultedSentinel, 'customConfig'>): readonly string[] => [
  ...new Map([...BASE_LINES, ...customConfig].map((line) => [parseConfigLine(line).parameter, line])).values(),
];
