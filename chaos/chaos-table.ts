// The table at the end of a run: a row for each fault.
import type { TrialResult } from "./trial.ts";

const HEADINGS = [
  "fault",
  "runs",
  "injuries",
  "sent",
  "acknowledged",
  "lost",
  "doubled",
  "announced",
  "told by",
  "violations",
];

export function chaosTable(results: readonly TrialResult[]): string[] {
  const names = [...new Set(results.map(({ fault }) => fault))];
  const rows = names.map((name) => rowOf(results.filter(({ fault }) => fault === name)));
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  return [HEADINGS, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
}

function rowOf(trials: readonly TrialResult[]): string[] {
  const [first] = trials;
  const ran = trials.filter(({ skipped }) => skipped === undefined);
  if (ran.length === 0) return [first!.fault, "0", "", "", "", "", "", "", `left out: ${first!.skipped}`, ""];
  const sum = (count: (trial: TrialResult) => number): string =>
    String(ran.reduce((so, trial) => so + count(trial), 0));
  const told = Object.keys(ran[0]!.told).map((name) => {
    const times = ran.filter((trial) => trial.told[name] === true).length;
    return times === ran.length ? name : `${name} (${times} of ${ran.length})`;
  });
  return [
    first!.fault,
    String(ran.length),
    sum(({ injuries }) => injuries),
    sum(({ ticksSent }) => ticksSent),
    sum(({ ticksAcknowledged }) => ticksAcknowledged),
    sum(({ lost }) => lost),
    sum(({ doubled }) => doubled),
    sum(({ forfeited }) => forfeited),
    told.join(", "),
    sum(({ violations }) => violations.length),
  ];
}
