/** The part of docs/benchmarks.md that a benchmark writes. Pure. */

const BEGIN = '<!-- begin: written by make bench -->';
const END = '<!-- end: written by make bench -->';

/** Puts `text` between the markers of the document. Throws when it has none. */
export const withMeasured = (document: string, text: string): string => {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`the document lacks the lines "${BEGIN}" and "${END}"`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${document.slice(end)}`;
};
