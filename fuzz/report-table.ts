// The table of a run: a row a target, and the sums.
import type { TargetReport } from "./run-target.ts";

const WIDTHS = [30, 10, 10, 10, 9, 12, 12, 12] as const;

function line(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[0]) : cell.padStart(WIDTHS[i] ?? 0))).join("");
}

export const HEADING = line([
  "target",
  "inputs",
  "accepted",
  "refused",
  "findings",
  "slowest ms",
  "heap MiB",
  "rise MiB",
]);

export function rowOf({ name, inputs, accepted, refused, findings, ...rest }: TargetReport): string {
  const { slowest, grownBytes, largestRiseBytes } = rest;
  const counts = [inputs, accepted, refused, findings.length].map((count) => count.toLocaleString("en-US"));
  return line([name, ...counts, slowest.ms.toFixed(1), mebibytes(grownBytes), mebibytes(largestRiseBytes)]);
}

export function totalOf(reports: readonly TargetReport[]): string {
  const sum = (of: (report: TargetReport) => number): string =>
    reports.reduce((total, report) => total + of(report), 0).toLocaleString("en-US");
  const counts = [sum((one) => one.inputs), sum((one) => one.accepted), sum((one) => one.refused)];
  return line([`${reports.length} targets`, ...counts, sum((one) => one.findings.length)]);
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
