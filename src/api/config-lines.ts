/** The lines of `customConfig`: `parameter value …`. */

/** One setting. `value` is one argument of `CONFIG SET` or `SENTINEL SET`, whatever spaces are in it. */
export type ConfigLine = { readonly parameter: string; readonly value: string };

/**
 * Splits a line into parameter and value. The parameter is in lower case, blanks around either do not count, and one pair
 * of quotes around the whole value is dropped: `save ""` sets the empty string. A line without a value has the value ''.
 */
export const parseConfigLine = (line: string): ConfigLine => {
  const [, parameter = '', value = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
  return { parameter: parameter.toLowerCase(), value: unquoted(value) };
};

const unquoted = (value: string): string => /^(["'])((?:(?!\1).)*)\1$/s.exec(value)?.[2] ?? value;
