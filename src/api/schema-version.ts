/** Which schema a CRD carries, so that an operator can tell that the one it finds is older than it needs. */

/** Raised with every change of the CRD that the operator relies on. */
export const SCHEMA_VERSION = 4;

/** The annotation of the CRD that holds the schema version. */
export const SCHEMA_VERSION_ANNOTATION = 'databases.spotahome.com/schema-version';
