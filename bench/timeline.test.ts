import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseLog, renderTimeline, timelineOf } from './timeline.ts';

const AT = Date.parse('2026-01-01T00:00:00Z');
const stamp = (ms: number): string => new Date(AT + ms).toISOString();
const gap = (startMs: number, durationMs: number) => ({ startedAt: AT + startMs, durationMs, acknowledged: 1 });

const LOGS = [
  { source: 'redis', lines: parseLog(`${stamp(220)} 1:M 01 Jan * MASTER MODE enabled (user request)\n`) },
  {
    source: 'sentinel',
    lines: parseLog(
      [
        `${stamp(-5_000)} 1:X 01 Jan # +try-failover master an earlier one`,
        `${stamp(60)} 1:X 01 Jan # +try-failover master mymaster 10.0.0.1 6379`,
        'no time',
        '',
      ].join('\n'),
    ),
  },
  {
    source: 'operator',
    lines: parseLog(
      `${stamp(40)} {"action":"request-failover"}\n${stamp(300)} {"action":"label","message":"x is labelled slave"}`,
    ),
  },
] as const;

describe('the timeline of a failover', () => {
  test('has what each said first after the last write, in order', () => {
    assert.deepEqual(timelineOf(LOGS, { sentinel: gap(-3, 403), service: gap(0, 500) }), {
      moments: [
        { ms: 40, what: 'operator asks a Sentinel for a failover' },
        { ms: 60, what: 'Sentinel begins it' },
        { ms: 220, what: 'the replica is master' },
      ],
      gaps: [
        { client: 'sentinel', fromMs: -3, untilMs: 400 },
        { client: 'service', fromMs: 0, untilMs: 500 },
      ],
    });
  });

  test('needs a gap of both clients', () => {
    assert.equal(timelineOf(LOGS, { sentinel: gap(0, 400), service: undefined }), undefined);
  });

  test('is drawn with a dot for each moment and a bar for each client', () => {
    const timeline = timelineOf(LOGS, { sentinel: gap(0, 400), service: gap(0, 500) });
    const picture = timeline && renderTimeline(timeline);
    assert.equal(picture?.match(/<circle/g)?.length, 3);
    assert.equal(picture?.match(/fill="#dc2626"/g)?.length, 2);
    assert.match(picture ?? '', />500<\/text>/);
  });
});
