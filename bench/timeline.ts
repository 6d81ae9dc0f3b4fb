/** What happened when in one failover: from the logs of those who took part, and as a picture. Pure. */
import type { ClientKind, Gap } from './client/events.ts';

/** One line of a log with the time at which it was written, in milliseconds since 1970. */
export type LogLine = { readonly at: number; readonly text: string };

export type Source = 'redis' | 'sentinel' | 'operator';

/** Milliseconds since the last write before the fault. */
export type Moment = { readonly ms: number; readonly what: string };

export type Timeline = {
  readonly moments: readonly Moment[];
  /** How long each client did not write, from and until. */
  readonly gaps: readonly { readonly client: ClientKind; readonly fromMs: number; readonly untilMs: number }[];
};

/** What is worth showing, by who says it; the first line after the fault counts. */
const WORTH_SHOWING: readonly { readonly source: Source; readonly pattern: RegExp; readonly what: string }[] = [
  { source: 'operator', pattern: /"action":"request-failover"/, what: 'operator asks a Sentinel for a failover' },
  { source: 'sentinel', pattern: /\+try-failover/, what: 'Sentinel begins it' },
  { source: 'sentinel', pattern: /\+selected-slave/, what: 'Sentinel has chosen a replica' },
  { source: 'redis', pattern: /MASTER MODE enabled/, what: 'the replica is master' },
  { source: 'sentinel', pattern: /\+promoted-slave/, what: 'Sentinel sees that and names it' },
  { source: 'operator', pattern: /"action":"apply".*Service rfrm-/, what: 'the Service has moved' },
  { source: 'operator', pattern: /"action":"label".*labelled master/, what: 'the role labels have moved' },
];

/** A log that `kubectl logs --timestamps` printed. */
export const parseLog = (log: string): readonly LogLine[] =>
  log.split('\n').flatMap((line) => {
    const space = line.indexOf(' ');
    const at = Date.parse(line.slice(0, space));
    return Number.isNaN(at) ? [] : [{ at, text: line.slice(space + 1) }];
  });

/** The timeline of the longest gaps, which both clients have; undefined when one of them has none. */
export const timelineOf = (
  logs: readonly { readonly source: Source; readonly lines: readonly LogLine[] }[],
  longest: Readonly<Record<ClientKind, Gap | undefined>>,
): Timeline | undefined => {
  const { sentinel, service } = longest;
  if (sentinel === undefined || service === undefined) return undefined;
  const zero = Math.max(sentinel.startedAt, service.startedAt);
  const moments = WORTH_SHOWING.flatMap(({ source, pattern, what }) => {
    const times = logs
      .filter((log) => log.source === source)
      .flatMap(({ lines }) => lines.filter(({ at, text }) => at >= zero && pattern.test(text)).map(({ at }) => at));
    return times.length === 0 ? [] : [{ ms: Math.min(...times) - zero, what }];
  });
  const gaps = ([['sentinel', sentinel] as const, ['service', service] as const] as const).map(([client, gap]) => ({
    client,
    fromMs: gap.startedAt - zero,
    untilMs: gap.startedAt + gap.durationMs - zero,
  }));
  return { moments: moments.toSorted((one, other) => one.ms - other.ms), gaps };
};

/** That of the run with the middle one of the longer gaps; undefined when no run has one. */
export const typicalTimeline = (runs: readonly { readonly timeline?: Timeline }[]): Timeline | undefined => {
  const timelines = runs.flatMap((run) => run.timeline ?? []);
  const endOf = ({ gaps }: Timeline): number => Math.max(...gaps.map(({ untilMs }) => untilMs));
  return timelines.toSorted((one, other) => endOf(one) - endOf(other))[Math.floor(timelines.length / 2)];
};

const WIDTH = 900;
const LABELS = 330;
const ROW = 26;
const MARGIN = 20;

/** An SVG picture: a row for each moment, and a bar for each client without a master. */
export const renderTimeline = ({ moments, gaps }: Timeline): string => {
  const endMs =
    Math.ceil((Math.max(...moments.map(({ ms }) => ms), ...gaps.map(({ untilMs }) => untilMs)) + 1) / 100) * 100;
  const x = (ms: number): number => Math.round(LABELS + (Math.max(0, ms) / endMs) * (WIDTH - LABELS - 4 * MARGIN));
  const rows = [
    ...moments.map(({ ms, what }) => ({
      ms,
      draw: (y: number) => [
        label(what, y),
        `<circle cx="${x(ms)}" cy="${y}" r="5" fill="#2563eb"/>`,
        value(ms, x(ms), y),
      ],
    })),
    ...gaps.map(({ client, fromMs, untilMs }) => ({
      ms: untilMs,
      draw: (y: number) => [
        label(`the ${client === 'sentinel' ? 'Sentinel' : 'Service'} client writes again`, y),
        `<rect x="${x(fromMs)}" y="${y - 6}" width="${x(untilMs) - x(fromMs)}" height="12" fill="#dc2626"/>`,
        value(untilMs, x(untilMs), y),
      ],
    })),
  ].toSorted((one, other) => one.ms - other.ms);
  const height = (rows.length + 2) * ROW;
  const grid = Array.from({ length: endMs / 100 + 1 }, (_, index) => x(index * 100)).map(
    (at) => `<line x1="${at}" y1="${ROW}" x2="${at}" y2="${height - ROW / 2}" stroke="#e5e7eb"/>`,
  );
  const body = rows.flatMap(({ draw }, index) => draw((index + 1.5) * ROW));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text('milliseconds since the last write before the master was killed; a line every 100 ms', MARGIN, ROW / 2),
    ...grid,
    ...body,
    '</svg>',
    '',
  ].join('\n');
};

const text = (words: string, x: number, y: number): string =>
  `<text x="${x}" y="${y}" dominant-baseline="middle" fill="#111827">${words}</text>`;
const label = (words: string, y: number): string => text(words, MARGIN, y);
const value = (ms: number, x: number, y: number): string => text(String(Math.round(ms)), x + 10, y);
