/**
 * Parses JSON that the API server sent. The one place where raw JSON gets a type: the caller says which one, and nothing
 * checks it, as the API server's schema already has. Throws a SyntaxError.
 */
// oxlint-disable typescript/no-unnecessary-type-parameters, typescript/no-unsafe-type-assertion
export const parseJson = <T>(text: string): T => JSON.parse(text) as T;
