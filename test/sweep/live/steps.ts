/** The steps of the sweep of a running failover, and which of them fit into a budget. */
import { specSchema } from '../../../src/api/spec-schema.ts';
import type { RedisFailoverSpec } from '../../../src/api/types.ts';
import { everyProperty, specProperty } from '../schema/properties.ts';
import { FIELDS, type Field, type Good } from './fields.ts';
import { at, lacking, merged } from './merge.ts';
import { BROKEN_STATES, type Symptom } from './states.ts';

type Json = Readonly<Record<string, unknown>>;

export type Step = {
  /** The path of a field, or the state. */
  readonly name: string;
  readonly good: Good;
  /** Specs that are applied one after the other, each when the one before has settled; the last good one comes after them. */
  readonly specs: readonly RedisFailoverSpec[];
  /** An illegal value of every property is tried first. */
  readonly illegal?: true;
  /** How the failover says that the last spec cannot work. */
  readonly symptom?: Symptom;
  /** What it costs on two cores, about. A number of the table, not measured where it runs, so that the choice is always the same. */
  readonly costSeconds: number;
};

/** The API server judges it. */
const asSpec = (spec: Json): RedisFailoverSpec => spec;

const SMALL = { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '128Mi' } };
const CLAIM = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

const WITHOUT_VOLUMES = {
  redis: { replicas: 2, resources: SMALL, customConfig: ['maxmemory 64mb', 'hz 20'] },
  sentinel: { replicas: 1, resources: SMALL },
};

/** The last good manifests. */
export const GOOD: Readonly<Record<Good, Json>> = {
  memory: WITHOUT_VOLUMES,
  volume: merged(WITHOUT_VOLUMES, { redis: { storage: { persistentVolumeClaim: CLAIM } } }),
};

/** How many pods the last good manifests have. */
export const SIZES = { redis: 2, sentinel: 1 };

const COST_SECONDS: Readonly<Record<Field['effect'], number>> = { rolls: 60, alone: 60, live: 10 };
/** A Sentinel is replaced in less time than Redis pods one by one. */
const OF_SENTINEL_SECONDS = 25;
const BATCH_SECONDS = 70;
const ILLEGAL_SECONDS = 20;

const REQUIRED: ReadonlySet<string> = new Set(
  everyProperty(specProperty(specSchema())).flatMap(({ path, required }) => (required ? [path] : [])),
);

/** Set, changed, left out where it may be. */
const stepOf = ({ path, values, needs, effect, good = 'memory' }: Field): Step => {
  const base = needs === undefined ? GOOD[good] : merged(GOOD[good], at(parentOf(path), needs));
  const set = values.map((value) => merged(lacking(base, path), at(path, value)));
  const unset = REQUIRED.has(path) ? [] : [lacking(GOOD[good], path)];
  const limit = path.startsWith('spec.sentinel.') ? OF_SENTINEL_SECONDS : Infinity;
  const costSeconds = Math.min(COST_SECONDS[effect], limit);
  return { name: path, good, specs: [...set, ...unset].map(asSpec), costSeconds };
};

/** `spec.redis` of a field of Redis. */
const parentOf = (path: string): string => path.split('.').slice(0, 2).join('.');

/** Every field that replaces pods, at once: the same is asked of the objects, in three rolls for all of them. */
const allAtOnce = (): Step => {
  const rolling = FIELDS.filter(({ effect }) => effect === 'rolls');
  const needs = rolling.reduce(
    (spec: Json, field) => merged(spec, at(parentOf(field.path), field.needs ?? {})),
    GOOD.memory,
  );
  const withAll = (variant: 0 | 1): Json =>
    rolling.reduce((spec, { path, values }) => merged(spec, at(path, values[variant])), needs);
  const specs = [withAll(0), withAll(1)].map(asSpec);
  return { name: 'every field that replaces pods, at once', good: 'memory', specs, costSeconds: BATCH_SECONDS };
};

/** Every field that restarts nothing, at once. */
const allLive = (): Step => {
  const live = FIELDS.filter(({ effect }) => effect === 'live');
  const withAll = (variant: 0 | 1): Json =>
    live.reduce((spec, { path, values }) => merged(spec, at(path, values[variant])), GOOD.volume);
  const specs = [withAll(0), withAll(1)].map(asSpec);
  return { name: 'every field that restarts nothing, at once', good: 'volume', specs, costSeconds: COST_SECONDS.live };
};

const illegalStep = (good: Good, name: string): Step => ({
  name,
  good,
  specs: [],
  illegal: true,
  costSeconds: ILLEGAL_SECONDS,
});

const brokenSteps: readonly Step[] = BROKEN_STATES.map(({ name, set, symptom, good = 'memory', costSeconds }) => ({
  name,
  good,
  specs: [asSpec(merged(GOOD[good], set))],
  symptom,
  costSeconds,
}));

/** The most telling first. */
export const STEPS: readonly Step[] = [
  allAtOnce(),
  illegalStep('memory', 'illegal values of every field'),
  ...brokenSteps,
  illegalStep('volume', 'illegal values of a claim'),
  allLive(),
  ...FIELDS.map(stepOf),
];

/** As many from the beginning as fit into the budget, by their costs in the table. */
export const within = (budgetSeconds: number, steps: readonly Step[] = STEPS): readonly Step[] => {
  const chosen: Step[] = [];
  let left = budgetSeconds;
  for (const step of steps) {
    if (step.costSeconds > left) break;
    left -= step.costSeconds;
    chosen.push(step);
  }
  return chosen;
};
