/** The commands of the fenced block under "## Quick start", one a line. Throws when there is none. */
export const quickStartCommands = (readme: string): readonly string[] => {
  const block = /^## Quick start$[\s\S]*?^```sh\n(?<commands>[\s\S]*?)^```$/m.exec(readme)?.groups?.['commands'];
  if (block === undefined) throw new Error('the README has no block of commands under "## Quick start"');
  return block.split('\n').filter((line) => line.trim() !== '');
};
