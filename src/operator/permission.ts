/** What this operator may do to the failovers it serves. */
import type { Holder } from './predecessor.ts';

/** `observe`: it reports what it would do, and touches nothing but the status. */
export type Mode = 'manage' | 'observe';

/** `stand-by`: another operator is at work, so that this one does not even look. */
export type Permission = { readonly kind: Mode } | { readonly kind: 'stand-by'; readonly holder: Holder };

/** An operator that only observes gets in nobody's way. */
export const permissionOf = (mode: Mode, holder: Holder | undefined): Permission =>
  mode === 'manage' && holder !== undefined ? { kind: 'stand-by', holder } : { kind: mode };

/** A mode from its word; undefined when there is no such mode. */
export const modeOf = (word: string): Mode | undefined => (word === 'manage' || word === 'observe' ? word : undefined);
