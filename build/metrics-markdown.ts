// docs/metrics.md from the catalogue of metrics.
import { GRID_METRICS, type Metric, METRICS } from "../src/metrics.ts";

const INTRODUCTION = `# Metrics

\`GET /metrics\` answers in the Prometheus text format 0.0.4, or in OpenMetrics 1.0 for whoever prefers it by \`Accept\`.
This page is written from \`src/metrics.ts\` by \`npm run docs\`; do not edit it. [Scraping](operations/scraping.md)
tells what Prometheus needs, also with thousands of symbols.

Every label is bounded: requests cannot invent values. No sample names an isolate: there are many, and they come and go.
A metric without a value has no sample.
`;

const GROUPS: readonly (readonly [keyof typeof METRICS, string])[] = [
  [
    "summed",
    `## Counted by all isolates

Each isolate, of the Worker or of an object, sends what it counted to the one metrics object, which adds it up and keeps
it. A sum never falls, so \`rate()\` is right. What an isolate has counted and not sent when it ends is lost: the last 5 s
of the Worker's, the last minute of an object's. Of several shards only the first, \`0/n\`, has them.
`,
  ],
  [
    "isolates",
    `## Of the isolates

As they reported it in the last six minutes, those of the objects too: models serve there. Of several shards only the
first has them.
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

Of several shards only the first, \`0/n\`, has them.
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
