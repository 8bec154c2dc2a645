import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Span } from './series.ts';

/** One drawing: lines or bars over time, with thresholds, marks of what happened, and shaded times without data. */
export interface Drawing {
  readonly from: number;
  readonly to: number;
  readonly at: readonly number[];
  readonly lines: readonly {
    readonly kind: 'bars' | 'line';
    readonly colour: string;
    readonly values: readonly (number | null | undefined)[];
  }[];
  readonly thresholds: readonly { readonly value: number; readonly label: string }[];
  readonly marks: readonly { readonly at: number; readonly label: string; readonly grave?: boolean }[];
  readonly gaps: readonly Span[];
  readonly gapLabel: string;
  readonly fromZero: boolean;
  readonly zone: string;
  readonly timeLabel: (at: number) => string;
  readonly valueLabel: (value: number) => string;
  /** The point below the cursor; undefined when it leaves. */
  readonly onCursor: (index: number | undefined) => void;
}

const HEIGHT = 190;
const FONT = '12px system-ui, sans-serif';
const HOUR_MS = 3_600_000;

/** Draws into the element and follows its width; returns how to take it away again. */
export function plot(element: HTMLElement, drawing: Drawing): () => void {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
  const chart = new uPlot(options(element.clientWidth, drawing, colour), dataOf(drawing), element);
  const resize = new ResizeObserver(() => {
    if (element.clientWidth > 0) chart.setSize({ width: element.clientWidth, height: HEIGHT });
  });
  resize.observe(element);
  return () => {
    resize.disconnect();
    chart.destroy();
  };
}

const dataOf = ({ at, lines }: Drawing): uPlot.AlignedData =>
  [at.map((one) => one / 1000), ...lines.map((line) => line.values)] as uPlot.AlignedData;

function options(width: number, drawing: Drawing, colour: (name: string) => string): uPlot.Options {
  const axis = {
    stroke: colour('--muted'),
    font: FONT,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1, size: 4 },
  };
  return {
    width,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), drawing.zone),
    legend: { show: false },
    padding: [18, Math.max(10, roomForLast(drawing)), 0, 0],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 7 },
    },
    scales: {
      x: { time: true, range: [drawing.from / 1000, drawing.to / 1000] },
      y: { range: (_, low, high) => rangeOf(drawing, low, high) },
    },
    axes: [
      {
        ...axis,
        space: 64,
        values: (_, splits) => splits.map((seconds) => drawing.timeLabel(seconds * 1000)),
      },
      { ...axis, size: 52, values: (_, splits) => splits.map((value) => drawing.valueLabel(value)) },
    ],
    series: [{}, ...drawing.lines.map((line) => seriesOf(line, colour))],
    hooks: {
      drawClear: [(chart) => shadeGaps(chart, drawing, colour)],
      draw: [(chart) => drawThresholds(chart, drawing, colour), (chart) => drawMarks(chart, drawing, colour)],
      setCursor: [(chart) => drawing.onCursor(chart.cursor.idx ?? undefined)],
    },
  };
}

/** A label stands in the middle below its instant, and the last instant at the very edge: half of it needs room there. */
function roomForLast({ to, timeLabel }: Drawing): number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return 0;
  context.font = FONT;
  const hours = Array.from({ length: 24 }, (_, hour) => timeLabel(to - hour * HOUR_MS));
  return Math.ceil(Math.max(...hours.map((text) => context.measureText(text).width)) / 2) + 1;
}

function seriesOf(line: Drawing['lines'][number], colour: (name: string) => string): uPlot.Series {
  const stroke = colour(line.colour);
  if (line.kind === 'line') {
    return { stroke, width: 2, points: { show: true, size: 4, fill: stroke, stroke }, spanGaps: false };
  }
  const paths = uPlot.paths.bars?.({ size: [0.85, 60], align: 1 });
  return { stroke, fill: stroke, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
}

function rangeOf(
  { thresholds, fromZero }: Drawing,
  low: number | null,
  high: number | null,
): [number, number] {
  const limits = thresholds.map((one) => one.value);
  const least = Math.min(low ?? Number.POSITIVE_INFINITY, ...limits);
  const most = Math.max(high ?? Number.NEGATIVE_INFINITY, ...limits);
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [0, 1];
  const room = Math.max((most - (fromZero ? 0 : least)) * 0.12, 0.5);
  return [fromZero ? 0 : least - room, most + room];
}

/** A time without data is grey and says so: an empty chart must not look like a quiet home. */
function shadeGaps(chart: uPlot, { gaps, gapLabel }: Drawing, colour: (name: string) => string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  for (const { from, to } of gaps) {
    const left = Math.max(bbox.left, chart.valToPos(from / 1000, 'x', true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(to / 1000, 'x', true));
    if (right <= left) continue;
    ctx.fillStyle = colour('--gap');
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    label(ctx, colour('--muted'));
    const room = ctx.measureText(gapLabel).width + 8 * devicePixelRatio;
    if (right - left > room) {
      ctx.textAlign = 'center';
      ctx.fillText(gapLabel, (left + right) / 2, bbox.top + bbox.height / 2);
    }
  }
  ctx.restore();
}

function drawThresholds(chart: uPlot, { thresholds }: Drawing, colour: (name: string) => string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  for (const { value, label: text } of thresholds) {
    const y = Math.round(chart.valToPos(value, 'y', true));
    ctx.strokeStyle = colour('--bad');
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    // At the left, above the line, on a ground of its own: there the curve is rarely near the threshold.
    label(ctx, colour('--surface'));
    const room = 4 * devicePixelRatio;
    const height = 16 * devicePixelRatio;
    ctx.fillRect(bbox.left + room, y - height - room / 2, ctx.measureText(text).width + 2 * room, height);
    ctx.fillStyle = colour('--bad');
    ctx.fillText(text, bbox.left + 2 * room, y - height / 2 - room / 2);
  }
  ctx.restore();
}

/** Vertical lines; a label that would cover the one before it goes a line lower. */
function drawMarks(chart: uPlot, { marks }: Drawing, colour: (name: string) => string): void {
  const { ctx, bbox } = chart;
  const line = 13 * devicePixelRatio;
  ctx.save();
  let busyTo = Number.NEGATIVE_INFINITY;
  let level = 0;
  for (const { at, label: text, grave } of [...marks].sort((a, b) => a.at - b.at)) {
    const x = Math.round(chart.valToPos(at / 1000, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colour(grave ? '--bad' : '--muted');
    ctx.lineWidth = (grave ? 2 : 1) * devicePixelRatio;
    ctx.setLineDash(grave ? [] : [3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    label(ctx, colour(grave ? '--bad' : '--text'));
    const width = ctx.measureText(text).width;
    const atRight = x + width + 4 * devicePixelRatio > bbox.left + bbox.width;
    const left = atRight ? x - width - 4 * devicePixelRatio : x + 4 * devicePixelRatio;
    level = left < busyTo ? level + 1 : 0;
    busyTo = Math.max(busyTo, left + width);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'bottom';
    ctx.fillText(text, left, bbox.top - 3 * devicePixelRatio + level * line);
  }
  ctx.restore();
}

function label(ctx: CanvasRenderingContext2D, colour: string): void {
  ctx.fillStyle = colour;
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
}
