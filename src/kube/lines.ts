/**
 * The lines of a byte stream, without their line ends; empty lines are left out and the last one needs no line end. Chunks
 * may split a line or a UTF-8 character anywhere. Throws a RangeError at a line longer than `limit` UTF-16 units.
 */
export async function* lines(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const line = parts.join('') + piece;
      parts = [];
      length = 0;
      if (line.trim() !== '') yield line;
    }
    parts.push(rest);
    length += rest.length;
    if (length > limit) throw new RangeError(`a line is longer than ${limit}`);
  }
  const last = parts.join('') + decoder.decode();
  if (last.trim() !== '') yield last;
}
