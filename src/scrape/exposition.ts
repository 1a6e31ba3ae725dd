// Writes metrics as Prometheus text, version 0.0.4, line by line.
import type { Metric } from "../metrics.ts";

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  /** Appended to the metric's name: `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A metric with its samples. */
export interface Family {
  readonly name: string;
  readonly metric: Pick<Metric, "type" | "help">;
  readonly samples: readonly Sample[];
}

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Approximate number of bytes per chunk. */
const CHUNK_LENGTH = 65_536;

/** The lines of a metric; none for a metric without samples. */
export function* familyLines({ name, metric, samples }: Family): Generator<string> {
  if (samples.length === 0) return;
  yield headerLines(name, metric);
  for (const { suffix = "", labels, value } of samples) yield sampleLine(name + suffix, labelText(labels), value);
}

/** The two lines that come before a metric's samples. */
export function headerLines(name: string, { type, help }: Pick<Metric, "type" | "help">): string {
  return `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}\n# TYPE ${name} ${type}\n`;
}

/** @param labels as `labelText` writes them. */
export function sampleLine(name: string, labels: string, value: number): string {
  return `${name}${labels === "" ? "" : `{${labels}}`} ${numberText(value)}\n`;
}

/** Example: `labelText({ symbol: "BTC-USD", window: "1h" })` is `symbol="BTC-USD",window="1h"`. */
export function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`)
    .join(",");
}

/** A number in the Prometheus text format. */
export function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
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
