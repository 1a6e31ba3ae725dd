// What the two formats of a scrape have in common; prometheus-text.ts and open-metrics.ts are the formats.
import type { Metric } from "../metrics.ts";

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  /** Appended to the metric's name: `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** What a format needs to know of a metric. */
type HeadedMetric = Pick<Metric, "type" | "help">;

/** A metric with its samples. */
export interface Family {
  readonly name: string;
  readonly metric: HeadedMetric;
  readonly samples: readonly Sample[];
}

/** A text format that Prometheus reads. */
export interface ExpositionFormat {
  readonly mediaType: string;
  /** The lines before a metric's samples. */
  header(name: string, metric: HeadedMetric): string;
  /** What stands after the last sample. */
  readonly end: string;
}

/** Approximate number of bytes per chunk. */
const CHUNK_LENGTH = 65_536;

/** The lines of a metric; none for a metric without samples. */
export function* familyLines({ name, metric, samples }: Family, format: ExpositionFormat): Generator<string> {
  if (samples.length === 0) return;
  yield format.header(name, metric);
  for (const { suffix = "", labels, value } of samples) yield sampleLine(name + suffix, labelText(labels), value);
}

/** The same in both formats. @param labels as `labelText` writes them. */
export function sampleLine(name: string, labels: string, value: number): string {
  return `${name}${labels === "" ? "" : `{${labels}}`} ${numberText(value)}\n`;
}

/** Example: `labelText({ symbol: "BTC-USD", window: "1h" })` is `symbol="BTC-USD",window="1h"`. */
export function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`)
    .join(",");
}

/** A number in either format. */
function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}

/**
 * A bucket's bound as the label `le`: always with a fraction, as OpenMetrics demands, so that a series has one name in
 * both formats. Example: `boundText(1)` is `1.0`, `boundText(0.005)` is `0.005`.
 */
export function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : numberText(bound);
}

/**
 * The text of all lines, generated while it is read, so that the text of a thousand symbols is never in memory at once.
 */
export function textStream(lines: Iterator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      let text = "";
      while (text.length < CHUNK_LENGTH) {
        const next = lines.next();
        if (next.done === true) {
          if (text !== "") controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
        text += next.value;
      }
      controller.enqueue(encoder.encode(text));
    },
  });
}
