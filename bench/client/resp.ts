/** The Redis protocol, version 2. Pure. https://redis.io/docs/latest/develop/reference/protocol-spec/ */

/** An error that the server answered; its first word says which, such as READONLY. */
export type ErrorReply = { readonly error: string };

export type Reply = string | number | null | ErrorReply | readonly Reply[];

/** A reply, and the offset of the byte after it. */
type Parsed = { readonly reply: Reply; readonly end: number };

/** The bytes of a command. */
export const encodeCommand = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/** The reply that begins at `start`; undefined while bytes of it are missing. Throws on anything that is no reply. */
export const parseReply = (bytes: Buffer, start = 0): Parsed | undefined => {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd === -1) return undefined;
  const line = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case '+':
      return { reply: line, end };
    case '-':
      return { reply: { error: line }, end };
    case ':':
      return { reply: Number(line), end };
    case '$':
      return parseBulk(bytes, { length: Number(line), start: end });
    case '*':
      return parseArray(bytes, { length: Number(line), start: end });
    default:
      throw new Error(`not a reply of Redis: ${bytes.toString('latin1', start, start + 40)}`);
  }
};

type Body = { readonly length: number; readonly start: number };

const parseBulk = (bytes: Buffer, { length, start }: Body): Parsed | undefined => {
  if (length < 0) return { reply: null, end: start };
  const end = start + length + 2;
  return bytes.length < end ? undefined : { reply: bytes.toString('utf8', start, end - 2), end };
};

const parseArray = (bytes: Buffer, { length, start }: Body): Parsed | undefined => {
  if (length < 0) return { reply: null, end: start };
  const reply: Reply[] = [];
  let end = start;
  while (reply.length < length) {
    const element = parseReply(bytes, end);
    if (element === undefined) return undefined;
    reply.push(element.reply);
    end = element.end;
  }
  return { reply, end };
};

export const isErrorReply = (reply: Reply): reply is ErrorReply =>
  typeof reply === 'object' && reply !== null && 'error' in reply;

/** The elements of an array; none if the reply is something else. */
export const elementsOf = (reply: Reply): readonly Reply[] =>
  typeof reply === 'object' && reply !== null && !('error' in reply) ? reply : [];
