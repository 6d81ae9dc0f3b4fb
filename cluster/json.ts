/**
 * Parses JSON that this folder or the API server wrote. The one place where raw JSON gets a type: the caller says which,
 * and nothing checks it. Throws a SyntaxError.
 */
// oxlint-disable typescript/no-unnecessary-type-parameters, typescript/no-unsafe-type-assertion
export const parseJson = <T>(text: string): T => JSON.parse(text) as T;
