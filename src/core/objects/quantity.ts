/** Kubernetes quantities. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */

const NANO = 10n ** 9n;

/** How many billionths of the unit one of each suffix is. */
const SUFFIXES: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  '': NANO,
  k: NANO * 10n ** 3n,
  M: NANO * 10n ** 6n,
  G: NANO * 10n ** 9n,
  T: NANO * 10n ** 12n,
  P: NANO * 10n ** 15n,
  E: NANO * 10n ** 18n,
  Ki: NANO * 2n ** 10n,
  Mi: NANO * 2n ** 20n,
  Gi: NANO * 2n ** 30n,
  Ti: NANO * 2n ** 40n,
  Pi: NANO * 2n ** 50n,
  Ei: NANO * 2n ** 60n,
};

const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/;

/** Whether two quantities, as string or number, are the same amount: `1024Mi` and `1Gi`, `0.1` and `100m`. */
export const sameQuantity = (one: unknown, other: unknown): boolean => {
  const amount = billionths(one);
  return amount !== undefined && amount === billionths(other);
};

/** Whether one quantity is less than another; false for what is no quantity. */
export const isLess = (one: unknown, than: unknown): boolean => {
  const [amount, limit] = [billionths(one), billionths(than)];
  return amount !== undefined && limit !== undefined && amount < limit;
};

/** The amount in billionths, rounded up as the API server does; undefined for what is no quantity. */
const billionths = (value: unknown): bigint | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const [matched, sign, whole = '', fraction = '', exponent = '0', suffix = ''] = QUANTITY.exec(String(value)) ?? [];
  const unit = SUFFIXES[suffix];
  if (matched === undefined || whole + fraction === '' || unit === undefined) return undefined;
  const power = Number(exponent) - fraction.length;
  const scaled = BigInt(whole + fraction) * unit * 10n ** BigInt(Math.max(power, 0));
  const divisor = 10n ** BigInt(Math.max(-power, 0));
  const amount = (scaled + divisor - 1n) / divisor;
  return sign === '-' ? -amount : amount;
};
