/** How many steps the API server gets at a time. */
const WIDTH = 8;

/** Calls `step` for each, a few at a time; resolves to what they resolve to, in the order of the values. */
export const inParallel = async <T, U>(
  values: readonly T[],
  step: (value: T, index: number) => Promise<U>,
): Promise<readonly U[]> => {
  const results: U[] = [];
  const queue = values.entries();
  const work = async (): Promise<void> => {
    for (const [index, value] of queue) results[index] = await step(value, index);
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  return results;
};
