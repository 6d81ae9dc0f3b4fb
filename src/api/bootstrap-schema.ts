/** `spec.bootstrapNode`: the Redis outside the failover that all its pods follow until the field is removed. */
import { flag, object, type Rule, rules, type Schema, text } from './schema.ts';

const MAX_HOST_LENGTH = 253;
const MAX_PORT_DIGITS = 5;
/** The highest port. */
export const MAX_PORT = 65_535;
const MAX_NAME_LENGTH = 253;

/** The port of a source that names none. */
export const DEFAULT_SOURCE_PORT = 6379;

const OCTET = '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])';
const IPV4 = `${OCTET}([.]${OCTET}){3}`;
const IPV6 = `([0-9A-Fa-f]{0,4}:){2,7}([0-9A-Fa-f]{0,4}|${IPV4})`;
const LABEL = '[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?';
/** The last label begins with a letter, so that a mistyped address is no name. */
const NAME = `(${LABEL}[.])*[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?[.]?`;

const isAddress = (field: string): string => `${field}.matches('^(${IPV4}|${IPV6})$')`;

export const bootstrapSchema = (): Schema =>
  object(
    'A Redis outside this RedisFailover that all its Redis pods replicate from. There is no master among them until this is' +
      ' removed; then the pod with the best data is promoted. Only for a RedisFailover that never had a master.',
    {
      host: text('Its IPv4 or IPv6 address, or its DNS name.', {
        minLength: 1,
        maxLength: MAX_HOST_LENGTH,
        ...rules({
          rule: `self.matches('^(${IPV4}|${IPV6}|${NAME})$')`,
          message: 'must be an IPv4 or IPv6 address, or a DNS name',
        }),
      }),
      port: {
        description: 'Its port, as a number or as a string.',
        'x-kubernetes-int-or-string': true,
        maxLength: MAX_PORT_DIGITS,
        default: DEFAULT_SOURCE_PORT,
        ...rules({
          rule: `type(self) == int ? self >= 1 && self <= ${MAX_PORT} : self.matches('^[0-9]{1,${MAX_PORT_DIGITS}}$') && int(self) >= 1 && int(self) <= ${MAX_PORT}`,
          message: `must be a port, 1 to ${MAX_PORT}`,
        }),
      },
      allowSentinels: flag(
        'Whether there are Sentinels meanwhile, which watch the Redis outside. They promote no pod of this RedisFailover.',
        { default: false },
      ),
      secretPath: text(
        'Name of a Secret in the same namespace whose key `password` is the password of the Redis outside. Left out, it is' +
          ' the one of `auth.secretPath`; empty, there is none.',
        {
          maxLength: MAX_NAME_LENGTH,
          pattern: String.raw`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$`,
        },
      ),
    },
    {
      required: ['host'],
      ...rules({
        rule: `!has(self.allowSentinels) || !self.allowSentinels || ${isAddress('self.host')}`,
        message: 'must be an IP address with allowSentinels: Sentinel does not resolve names',
        fieldPath: '.host',
      }),
    },
  );

/**
 * For the whole object, because its status tells whether there was a master. That one is named there from the first promotion
 * on; a failover that still follows a source has none.
 */
export const followsFromTheBeginning: Rule = {
  rule:
    '!has(self.spec.bootstrapNode) || has(oldSelf.spec.bootstrapNode) || !has(oldSelf.status) ||' +
    ' !has(oldSelf.status.master)',
  message: 'cannot be added to a RedisFailover that has a master, whose data would be lost: create a new RedisFailover',
  fieldPath: '.spec.bootstrapNode',
};
