/** One line of customConfig, taken apart. The value `""` means the empty text, as in `save ""`. */
export const parseConfigLine = (line: string): { readonly parameter: string; readonly value: string } => {
  const trimmed = line.trim();
  const end = trimmed.search(/\s/);
  if (end < 0) return { parameter: trimmed.toLowerCase(), value: '' };
  const value = trimmed.slice(end).trim();
  return { parameter: trimmed.slice(0, end).toLowerCase(), value: value === '""' ? '' : value };
};
