// docs/metrics.md from the catalogue of metrics.
import { GRID_METRICS, type Metric, METRICS } from "../src/metrics.ts";

const INTRODUCTION = `# Metrics

\`GET /metrics\` answers in the Prometheus text format, version 0.0.4. This page is written from \`src/metrics.ts\` by
\`npm run docs\`; do not edit it.

Every label is bounded: requests cannot invent values. With many symbols let several jobs scrape a part each:
\`/metrics?shard=i/n\` has the symbols whose place in the sorted list is i modulo n, and each of the n shards its own
isolate's metrics. A metric without a value has no sample.
`;

const GROUPS: readonly (readonly [keyof typeof METRICS, string])[] = [
  [
    "isolate",
    `## Of an isolate of the Worker

A scrape reaches one isolate of many, and isolates come and go. Every sample has the label \`isolate\`, so that counters
never fall; take sums over it: \`sum without (isolate) (rate(http_requests_total[5m]))\`.
`,
  ],
  [
    "symbol",
    `## Of a symbol

Every sample has the label \`symbol\`: one of the directory, at most \`MAX_SYMBOLS\`; and \`venue\` where the symbol has
one. Values come from the symbol's object and survive a restart, unless the text says "since the object was loaded".

With \`GRIDS\` set, each further grid of a symbol has samples of its own with the label \`grid\`, such as
\`grid="60s"\`. Samples of the default grid never have it: \`volgate_pr_auc{grid=""}\` selects them, and a sum over
symbols should. These metrics have it:

${GRID_METRICS.map((name) => `\`${name}\``).join(", ")}.
`,
  ],
  [
    "gateway",
    `## Of the whole gateway

From the one alerts object and the one registry. Of several shards only the first, \`0/n\`, has them.
`,
  ],
];

/** The page's text; formatting is left to the caller. */
export function metricsMarkdown(): string {
  const parts = GROUPS.map(([group, introduction]) => `${introduction}\n${tableOf(METRICS[group])}`);
  return [INTRODUCTION, ...parts].join("\n");
}

function tableOf(metrics: Readonly<Record<string, Metric>>): string {
  const rows = Object.entries(metrics).map(([name, { type, unit, labels, help }]) =>
    row([`\`${name}\``, type, unit, labelsText(labels), help]),
  );
  return [row(["name", "type", "unit", "labels", "what"]), row(["-", "-", "-", "-", "-"]), ...rows, ""].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function labelsText(labels: Metric["labels"]): string {
  return Object.entries(labels)
    .map(([name, values]) => `\`${name}\`: ${typeof values === "string" ? values : values.join(", ")}`)
    .join("<br>");
}
