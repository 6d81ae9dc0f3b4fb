/** The table of a benchmark, in Markdown. Pure. */
import { type Failure, isFailure, median, type PerClient, type Requests, type Sample, worst } from './sample.ts';
import type { Target } from './targets.ts';

/** What one operator did in all runs of each scenario. */
export type Measured = {
  readonly operator: string;
  readonly results: Readonly<Partial<Record<Target['scenario'], readonly (Sample | Failure)[]>>>;
};

/** One row for each target whose scenario ran, with the columns of every operator. */
export const renderTable = (targets: readonly Target[], columns: readonly Measured[]): string => {
  const rows = targets.filter(({ scenario }) => columns.some(({ results }) => results[scenario] !== undefined));
  const names = columns.flatMap(({ operator }) =>
    ['median', 'worst', 'lost', 'errors'].map((name) => (columns.length === 1 ? name : `${operator}: ${name}`)),
  );
  return [
    line(['scenario', 'target', 'stretch', ...names, 'spotahome 1.3.0-rc1, earlier']),
    line(Array.from({ length: names.length + 4 }, () => '---')),
    ...rows.map((target) =>
      line([
        target.title,
        target.target,
        target.stretch,
        ...columns.flatMap(({ results }) => cells(target, results[target.scenario] ?? [])),
        target.predecessor,
      ]),
    ),
  ].join('\n');
};

/** One run in a line for the terminal. */
export const describeSample = (sample: Sample): string => {
  const { writing, durationMs, requests } = sample;
  if (requests !== undefined) return describeRequests([requests], median);
  if (writing === undefined) return seconds(durationMs);
  const [gap, , lost, errors] = gapCells([sample]);
  return `gap ${gap}, lost ${lost}, errors ${errors}, fault or change ${seconds(durationMs)}`;
};

const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;

type Cells = readonly [middle: string, largest: string, lost: string, errors: string];

const cells = (target: Target, results: readonly (Sample | Failure)[]): Cells => {
  const samples = results.flatMap((result) => (isFailure(result) ? [] : [result]));
  const failed = results.length - samples.length;
  const [middle, largest, lost, errors] = cellsOf(target, samples);
  return [middle, failed === 0 ? largest : `${largest} (${failed} of ${results.length} runs failed)`, lost, errors];
};

const cellsOf = ({ figure }: Target, samples: readonly Sample[]): Cells => {
  switch (figure) {
    case 'gap':
      return gapCells(samples);
    case 'duration': {
      const durations = samples.flatMap(({ durationMs }) => (durationMs === undefined ? [] : [durationMs]));
      return [seconds(median(durations)), seconds(worst(durations)), '', ''];
    }
    case 'requests': {
      const requests = samples.flatMap((sample) => (sample.requests === undefined ? [] : [sample.requests]));
      return [describeRequests(requests, median), describeRequests(requests, worst), '', ''];
    }
  }
};

const gapCells = (samples: readonly Sample[]): Cells => {
  const writings = samples.flatMap(({ writing }) => (writing === undefined ? [] : [writing]));
  const gaps = forEachClient((client) => writings.map(({ gapMs }) => gapMs[client]));
  const lost = forEachClient((client) => total(writings.map((writing) => writing.lost[client])));
  const errors = forEachClient((client) => median(writings.map((writing) => writing.errors[client])));
  return [
    pair(gaps, (values) => seconds(median(values))),
    pair(gaps, (values) => seconds(worst(values))),
    pair(lost, String),
    pair(errors, (value) => (value === undefined ? '–' : String(Math.round(value)))),
  ];
};

const forEachClient = <T>(ask: (client: keyof PerClient<T>) => T): PerClient<T> => ({
  sentinel: ask('sentinel'),
  service: ask('service'),
});

const pair = <T>({ sentinel, service }: PerClient<T>, show: (value: T) => string): string =>
  `${show(sentinel)} / ${show(service)}`;

/** The sum of all runs; how many could not be verified, if any. */
const total = (counts: readonly (number | undefined)[]): string => {
  const known = counts.filter((count) => count !== undefined);
  const sum = known.reduce((one, other) => one + other, 0);
  return known.length === counts.length ? String(sum) : `${sum} (${counts.length - known.length} not verified)`;
};

/** Two digits below ten seconds, where they tell something. */
export const seconds = (ms: number | undefined): string => {
  if (ms === undefined) return '–';
  return ms < 10_000 ? `${(ms / 1000).toFixed(2)} s` : `${(ms / 1000).toFixed(1)} s`;
};

const describeRequests = (
  requests: readonly Requests[],
  statistic: (values: readonly number[]) => number | undefined,
): string => {
  if (requests.length === 0) return '–';
  const of = (kind: keyof Requests): string =>
    String(Math.round(statistic(requests.map((counts) => counts[kind])) ?? 0));
  return `${of('reads')} reads, ${of('writes')} writes, ${of('leases')} for the lease`;
};
