/** Writes arguments the way redis.conf reads them. https://redis.io/docs/latest/operate/oss_and_stack/management/config/ */

const PRINTABLE = /^[ -~]$/;

/**
 * One argument in double quotes. Quotes and backslashes are escaped, everything that is not printable ASCII becomes
 * `\xNN` byte by byte of its UTF-8, so that no value can end its line and start a directive of its own.
 */
export const quoteArgument = (value: string): string =>
  `"${Array.from(new TextEncoder().encode(value), quoteByte).join('')}"`;

const quoteByte = (byte: number): string => {
  const character = String.fromCharCode(byte);
  if (character === '"' || character === '\\') return `\\${character}`;
  return PRINTABLE.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
};
