// Rules, panels and the runbook's queries against the catalogue: a metric or a label that does not exist gives an empty
// panel and an alert that never fires.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROWS } from "../../ops/grafana/dashboard.ts";
import { GRID_METRICS, type Metric, METRICS } from "../../src/metrics.ts";
import { blocksOf, sectionsOf } from "../processes/document-sections.ts";
import { allRules } from "./rule-files.ts";
import { labelsGroupedBy, seriesIn } from "./series-in-query.ts";

const rules = allRules();
const gridMetrics = new Set<string>(GRID_METRICS);

/** Labels by series; a list has the values that a label can take. */
type Labels = ReadonlyMap<string, readonly string[] | undefined>;
const catalogue = new Map<string, Labels>();

for (const [group, metrics] of Object.entries(METRICS)) {
  for (const [name, metric] of Object.entries<Metric>(metrics)) {
    const labels = new Map<string, readonly string[] | undefined>([
      ["job", undefined],
      ["instance", undefined],
      ["shard", undefined],
    ]);
    for (const [label, values] of Object.entries(metric.labels)) {
      labels.set(label, typeof values === "string" ? undefined : values);
    }
    if (group === "symbol") labels.set("symbol", undefined);
    if (labels.has("symbol")) labels.set("venue", undefined);
    if (gridMetrics.has(name)) labels.set("grid", undefined);
    if (metric.type !== "histogram") catalogue.set(name, labels);
    else {
      for (const suffix of ["_sum", "_count"]) catalogue.set(name + suffix, labels);
      catalogue.set(`${name}_bucket`, new Map([...labels, ["le", metric.buckets!.map(String)]]));
    }
  }
}
catalogue.set("up", new Map([["job", undefined] as const, ["instance", undefined] as const]));
for (const { record, labels = {}, expr } of rules) {
  if (record === undefined) continue;
  const inherited = seriesIn(expr).flatMap(({ name }) => (record === name ? [] : [...(catalogue.get(name) ?? [])]));
  const own = [...labelsGroupedBy(expr), ...Object.keys(labels)].map((label) => [label, undefined] as const);
  const before = [...(catalogue.get(record) ?? [])];
  catalogue.set(record, new Map([...before, ...(/\bby \(/.test(expr) ? [] : inherited), ...own]));
}

const runbook = readFileSync(join(import.meta.dirname, "../../docs/operations/runbook.md"), "utf8");

const queries: [string, string][] = [
  ...rules.map((rule) => [rule.alert ?? rule.record!, rule.expr] as [string, string]),
  ...ROWS.flatMap(({ panels }) =>
    panels.flatMap(({ title, queries: all }) => all.map(({ expr }) => [`panel ${title}`, expr] as [string, string])),
  ),
  ...sectionsOf(runbook).flatMap(({ anchor, text }) =>
    blocksOf(text, "promql").map((query) => [`runbook ${anchor}`, query.trim()] as [string, string]),
  ),
];

describe("a query", () => {
  it.each(queries)("of %s names series of the catalogue, or recorded ones, and labels that they have", (_, expr) => {
    const series = seriesIn(expr);
    if (expr !== "vector(0.001)" && expr !== "vector(0.01)") expect(series).not.toEqual([]);
    for (const { name, matchers } of series) {
      expect([...catalogue.keys()]).toContain(name);
      const labels = catalogue.get(name)!;
      for (const { label, isPattern, value } of matchers) {
        expect([...labels.keys()], `${name}{${label}}`).toContain(label);
        const values = labels.get(label);
        if (values === undefined || value.includes("$")) continue;
        const named = isPattern ? value.split("|") : [value];
        for (const one of named) expect(values, `${name}{${label}="${one}"}`).toContain(one);
      }
    }
  });

  it.each(queries)("of %s groups by labels that its series have", (_, expr) => {
    const known = seriesIn(expr).flatMap(({ name }) => [...(catalogue.get(name)?.keys() ?? [])]);
    expect(known).toEqual(expect.arrayContaining(labelsGroupedBy(expr)));
  });

  it("of symbols selects the default grid, or shows every grid apart", () => {
    const pooled = queries.filter(([, expr]) =>
      seriesIn(expr).some(
        ({ name, matchers }) => gridMetrics.has(name) && !matchers.some(({ label }) => label === "grid"),
      ),
    );
    expect(pooled.map(([name]) => name)).toEqual([]);
  });
});

describe("the legend of a panel", () => {
  it("names labels that its series have", () => {
    for (const { panels } of ROWS) {
      for (const { title, queries: all } of panels) {
        for (const { expr, legend } of all) {
          const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
          const known = seriesIn(expr).flatMap(({ name }) => [...catalogue.get(name)!.keys()]);
          expect(known, `${title}: ${legend}`).toEqual(expect.arrayContaining(named));
        }
      }
    }
  });
});

describe("the reader of queries", () => {
  it("finds series, matchers and the labels of groups", () => {
    const expr = 'sum by (job, le) (rate(a_bucket{x="1",y=~"p|q"}[5m] offset 1h)) / on (slo) group_left () b:c:d > 0.5';
    expect(seriesIn(expr)).toEqual([
      {
        name: "a_bucket",
        matchers: [
          { label: "x", isPattern: false, value: "1" },
          { label: "y", isPattern: true, value: "p|q" },
        ],
      },
      { name: "b:c:d", matchers: [] },
    ]);
    expect(labelsGroupedBy(expr)).toEqual(["job", "le", "slo"]);
  });
});
