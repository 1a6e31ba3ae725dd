// Where the run came from and whether it can be trusted: leak checks, verification, data, settings.
import type { LeakReport, RunReport } from "../run/run-report.ts";
import { countText, counted, decimals, durationText, MISSING, utcText } from "../../report/figure-text.ts";
import { html, joined, type Content, type Markup } from "../../report/html.ts";
import { table } from "../../report/table.ts";

const OUTCOMES: Readonly<Record<LeakReport["outcome"], string>> = {
  passed: "passed",
  failed: "FAILED",
  not_possible: "not possible",
  left_out: "left out",
};

/** One row a check, with what it measured. */
export function leakTable({ leaks }: Pick<RunReport, "leaks">): Markup {
  return table({
    className: "prose",
    caption:
      "A check that failed would mean that the figures above look into the future. A check that was not possible has shown nothing.",
    columns: [{ head: "Check" }, { head: "Outcome" }, { head: "Measured" }],
    rows: leaks.map(({ name, outcome, detail }) => [
      name,
      outcome === "passed" ? OUTCOMES[outcome] : html`<b>${OUTCOMES[outcome]}</b>`,
      detail,
    ]),
  });
}

/** ONNX against trainer, in one sentence. */
export function verificationText({
  verification: { rows, largestDifference },
}: Pick<RunReport, "verification">): Markup {
  if (rows === 0) return html`<p>No row was compared between the ONNX files and the trainer.</p>`;
  const largest = Number.isFinite(largestDifference) ? largestDifference.toExponential(1).replace("-", "−") : MISSING;
  return html`<p>
    The ONNX files were run on ${counted(rows, "row")} and compared with the trainer’s own probabilities: the largest
    difference is <b>${largest}</b>.
  </p>`;
}

/** The files that were written, with what each threshold was chosen for. */
export function artifactTable({ families }: Pick<RunReport, "families">): Markup {
  return table({
    className: "prose",
    caption: "Artifacts, refitted on all rows.",
    columns: [{ head: "Family" }, { head: "Operating threshold chosen for" }, { head: "SHA-256 of the ONNX file" }],
    rows: families.map(({ family, goal, sha256, refused }) => [
      family,
      goal ?? html`${MISSING} <small>no threshold was chosen</small>`,
      sha256 === null
        ? html`${MISSING} <small>no artifact: ${refused ?? "none was made"}</small>`
        : html`<code>${sha256}</code>`,
    ]),
  });
}

/** What went in. */
export function dataTable({
  data,
  dataFingerprint,
  earlierTests,
}: Pick<RunReport, "data" | "dataFingerprint" | "earlierTests">): Markup {
  return keyValues("Data", [
    ["Source", data.source],
    ["Symbols", joined(data.symbols, ", ")],
    ["From", utcText(data.fromMs)],
    ["To", utcText(data.toMs)],
    ["Fingerprint", html`<code>${dataFingerprint}</code>`],
    ["Earlier tests of these rows", earlierTests === null ? "not known: see the warnings" : countText(earlierTests)],
    ...Object.entries(data.tally).map(([name, n]): [Content, Content] => [`Count: ${name}`, numberText(n)]),
  ]);
}

/** What made the report, so that it can be made again. */
export function runTable({ createdAt, seconds, seed, codeCommit, command }: RunReport): Markup {
  return keyValues("Run", [
    ["Made", utcText(Date.parse(createdAt))],
    ["Took", durationText(seconds)],
    ["Seed", String(seed)],
    ["Code commit", html`<code>${codeCommit}</code>`],
    ["Command", html`<code>${command}</code>`],
  ]);
}

/** Every setting with its value. */
export function settingsTable({ settings }: Pick<RunReport, "settings">): Markup {
  return keyValues(
    "Settings",
    Object.entries(settings).map(([name, value]) => [
      html`<code>${name}</code>`,
      value === "" ? html`${MISSING} <small>not given</small>` : value,
    ]),
  );
}

function keyValues(caption: string, rows: readonly (readonly [Content, Content])[]): Markup {
  return table({ className: "prose pairs", caption, columns: [{ head: "Name" }, { head: "Value" }], rows });
}

function numberText(n: number): string {
  return Number.isInteger(n) ? countText(n) : decimals(n, 4);
}
