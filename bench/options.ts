/** What `make bench` is told by its environment. Pure. */
import { SCENARIOS, type ScenarioName } from './targets.ts';

/** Another operator that serves the same CRD. */
export type OtherOperator = {
  /** Shell command, run in the control plane's network with KUBECONFIG set. */
  readonly command: string;
  /** File of its CRD; undefined leaves ours in place. */
  readonly crd: string | undefined;
};

export type Options = {
  readonly runs: number;
  readonly scenarios: readonly ScenarioName[];
  /** How long the master hangs, and how long its node is cut off. */
  readonly hangMs: number;
  readonly cutMs: number;
  readonly other: OtherOperator | undefined;
  /** How the user agents of the operators begin: by this their requests are told from others'. */
  readonly userAgent: string;
  /** What to do about RedisFailovers of others, which the other operator would take over. */
  readonly strangers: 'refuse' | 'ignore';
};

type Environment = Readonly<Record<string, string | undefined>>;

const RUNS = 5;
const HANG_SECONDS = 60;
const CUT_SECONDS = 30;
const LIMIT = 1_000;

/**
 * Reads RUNS, SCENARIOS (names with commas), HANG_SECONDS, CUT_SECONDS, OPERATOR_COMMAND, CRD, OPERATOR_USER_AGENT and
 * STRANGERS=ignore. Throws naming what is wrong.
 */
export const readOptions = (environment: Environment): Options => {
  const command = textOf(environment, 'OPERATOR_COMMAND');
  const crd = textOf(environment, 'CRD');
  if (crd !== undefined && command === undefined) throw new Error('CRD without OPERATOR_COMMAND: whose is it?');
  return {
    runs: positive(environment, 'RUNS', RUNS),
    scenarios: scenarios(textOf(environment, 'SCENARIOS')),
    hangMs: positive(environment, 'HANG_SECONDS', HANG_SECONDS) * 1000,
    cutMs: positive(environment, 'CUT_SECONDS', CUT_SECONDS) * 1000,
    other: command === undefined ? undefined : { command, crd },
    userAgent: textOf(environment, 'OPERATOR_USER_AGENT') ?? 'redis-operator',
    strangers: environment['STRANGERS'] === 'ignore' ? 'ignore' : 'refuse',
  };
};

const textOf = (environment: Environment, name: string): string | undefined => {
  const value = environment[name]?.trim();
  return value === '' ? undefined : value;
};

const positive = (environment: Environment, name: string, byDefault: number): number => {
  const text = textOf(environment, name);
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= LIMIT) return value;
  throw new Error(`${name}=${text}: a whole number from 1 to ${LIMIT}`);
};

/** In the order of the benchmark, whatever order they are asked for in. */
const scenarios = (text: string | undefined): readonly ScenarioName[] => {
  if (text === undefined) return SCENARIOS;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !SCENARIOS.some((scenario) => scenario === name));
  if (unknown.length > 0) throw new Error(`SCENARIOS: no ${unknown.join(', ')}; there are ${SCENARIOS.join(', ')}`);
  return SCENARIOS.filter((scenario) => names.includes(scenario));
};
