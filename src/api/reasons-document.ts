import { REASONS } from './reasons.ts';

const HEAD = `# Reasons

What stands as \`reason\` in the conditions of a RedisFailover (\`kubectl describe redisfailover NAME\`) and in its Events, what
it means, and what to do. Generated from src/api/reasons.ts by \`make generate\`.

| reason | type | means | what to do |
|---|---|---|---|
`;

/** The text of docs/reasons.md. */
export const reasonsDocument = (): string =>
  HEAD +
  Object.entries(REASONS)
    .map(([reason, { type, means, action }]) => `| ${reason} | ${type} | ${means} | ${action} |\n`)
    .join('');
