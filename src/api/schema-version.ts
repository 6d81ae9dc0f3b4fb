/** Counts the changes of the CRD that the operator relies on; the CRD carries it as an annotation. */
export const SCHEMA_VERSION = 1;
export const SCHEMA_VERSION_ANNOTATION = 'databases.spotahome.com/schema-version';
