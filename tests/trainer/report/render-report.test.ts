import { describe, expect, it } from "vitest";
import { renderReport } from "../../../trainer/report/render-report.ts";
import { driftTables } from "../../../trainer/report/drift-tables.ts";
import { html } from "../../../report/html.ts";
import { importanceTable } from "../../../trainer/report/importance-table.ts";
import { foldsTable } from "../../../trainer/report/folds-table.ts";
import { familyLooks } from "../../../trainer/report/family-looks.ts";
import { bareReport, hostileReport, manyFoldsReport, oneFoldReport } from "./sample-report.ts";
import { textOf, unclosedTags } from "../../report/page-text.ts";

const reports = {
  "of many folds": manyFoldsReport(),
  "of a passed gate": manyFoldsReport("passed"),
  "of one fold": oneFoldReport(),
  "of almost nothing": bareReport(),
  "with hostile names": hostileReport(),
};

describe.each(Object.entries(reports))("the page %s", (_, report) => {
  const page = renderReport(report);
  const text = textOf(page);

  it("names every family, every warning, every check and every setting", () => {
    for (const { family, refused } of report.families) {
      expect(text).toContain(family);
      if (refused !== null) expect(text).toContain(refused);
    }
    for (const warning of report.warnings) expect(text).toContain(warning);
    for (const { name, detail } of report.leaks) {
      expect(text).toContain(`${name} `);
      expect(text).toContain(detail);
    }
    for (const [name, value] of Object.entries(report.settings)) {
      expect(text).toContain(`${name} ${value === "" ? "– not given" : value}`);
    }
    for (const fact of [report.command, report.codeCommit, report.dataFingerprint, report.data.source]) {
      expect(text).toContain(fact);
    }
  });

  it("gives the tested family's figures on each symbol, and says that all others count rows", () => {
    for (const { symbol, rows } of report.perSymbol.symbols) {
      expect(text).toContain(`${symbol} ${rows.toLocaleString("en")}`);
    }
    const isOne = report.perSymbol.symbols.length === 0;
    expect(text).toContain(isOne ? "The test rows are of one symbol." : "a symbol with more rows counts more");
  });

  it("shows the sections in their order", () => {
    const heads = [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    expect(heads).toEqual([
      "families",
      "symbols",
      "precision-recall-section",
      "reliability",
      "scores",
      "folds",
      "importance",
      "drift",
      "drift-reference",
      "leaks",
      "volatility",
      "verification",
      "data",
    ]);
    expect(page.indexOf('id="verdict"')).toBeLessThan(page.indexOf('id="families"'));
  });

  it("loads nothing and runs nothing", () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
    expect(page).not.toMatch(/<[^>]+\s(src|srcset|href|data|action|poster)\s*=\s*["']?(?!["']?#)/i);
    expect(page).not.toMatch(/<[^>]+\son[a-z]+\s*=/i);
    expect(page).not.toMatch(/url\(|@import/i);
    expect(page).toContain("default-src 'none'");
  });

  it("has no text that a missing value left", () => {
    expect(text).not.toMatch(/\b(NaN|undefined|null|Infinity)\b|\[object/);
    expect(page).not.toMatch(/="[^"]*\b(NaN|undefined|Infinity)\b[^"]*"/);
  });

  it("is well formed, with unique ids, captions and descriptions", () => {
    expect(unclosedTags(page)).toEqual([]);
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, labels] of page.matchAll(/aria-labelledby="([^"]+)"/g)) {
      for (const id of labels!.split(" ")) expect(ids).toContain(id);
    }
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
    expect(page.match(/<caption>/g)?.length).toBe(page.match(/<table/g)?.length);
    for (const [plot] of page.matchAll(/<svg\s+class="plot"[\s\S]*?<\/svg>/g)) {
      expect(plot).toMatch(/<title [\s\S]*<desc /);
    }
  });

  it("is the same text each time", () => {
    expect(renderReport(report)).toBe(page);
  });
});

describe("the headline", () => {
  const headlineOf = (report: Parameters<typeof renderReport>[0]) =>
    textOf(renderReport(report)).split("All families")[0]!;

  it("says in words whether the gate was passed, on how many episodes, and why not", () => {
    expect(headlineOf(manyFoldsReport("passed"))).toContain("blend passed the gate");
    const refused = headlineOf(oneFoldReport());
    expect(refused).toContain("logistic did not pass the gate");
    expect(refused).toContain("over 8 independent episodes");
    expect(refused).toContain("fewer than 30 no difference can be trusted");
    expect(refused).toContain("No gain over the strongest baseline was shown");
  });

  it("gives no better than what the interval shows", () => {
    expect(headlineOf(manyFoldsReport())).toContain("+0.0031 [−0.0015, +0.0077] not shown to differ");
    expect(headlineOf(manyFoldsReport("passed"))).toContain("+0.0052 [+0.0012, +0.0092] better");
  });

  it("gives the figures of the chosen family, which the gate tested", () => {
    const report = manyFoldsReport();
    const { refitted } = report.chosen;
    const { value } = report.families.find(({ family }) => family === refitted)!.figures!.prAuc!;
    expect(headlineOf(report)).toContain(`PR-AUC of ${refitted} ${value.toFixed(3)}`);
    expect(headlineOf(oneFoldReport())).toContain("PR-AUC of logistic");
  });

  it("shows the episodes beside every figure", () => {
    expect(headlineOf(oneFoldReport()).match(/8 independent episodes/g)!.length).toBeGreaterThanOrEqual(5);
  });

  it("adds a leak check that did not pass, once", () => {
    const page = headlineOf(bareReport());
    expect(page).toContain("3 warnings");
    expect(page).toContain("Leak check “structure” failed: the figures below cannot be trusted.");
    const said = { ...bareReport(), warnings: ["leak check structure: FAILED"] };
    expect(headlineOf(said)).toContain("1 warning");
  });

  it("counts no reason as one that was not recorded", () => {
    const report = oneFoldReport();
    expect(headlineOf({ ...report, gate: { ...report.gate, reasons: [] } })).toContain("No reason was recorded.");
  });
});

describe("what does not exist", () => {
  const text = textOf(renderReport(bareReport()));

  it("says why instead of a figure", () => {
    expect(text).toContain("No figures: the training rows know one outcome only.");
    expect(text).toContain("– no spikes");
    expect(text).toContain("No family has a PR-AUC: no test row came before a spike.");
    expect(text).toContain("No forecaster of volatility was fitted in this run.");
    expect(text).toContain("No row was compared between the ONNX files and the trainer.");
  });

  it("says that there is no fold when there is none", () => {
    const none = { ...bareReport(), folds: [], chosen: { ...bareReport().chosen, perFold: [] } };
    const page = textOf(renderReport(none));
    expect(page).toContain("There is no fold: the data were too few to be split.");
    expect(page).toContain("There was no fold to choose in.");
  });

  it("survives test rows without a base rate", () => {
    const report = oneFoldReport();
    const test = { rows: 0, positives: 0, episodes: 0, baseRate: NaN };
    expect(textOf(renderReport({ ...report, test, folds: [{ ...report.folds[0]!, test }] }))).not.toMatch(/NaN/);
  });
});

describe("text from outside", () => {
  it("never becomes markup", () => {
    const page = renderReport(hostileReport());
    expect(page).not.toContain("<script");
    expect(page).not.toContain("<img");
    expect(page).toContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    expect(page).toContain("&amp;amp;");
  });
});

describe("a fold without PR-AUC", () => {
  it("shows its own reason for each family", () => {
    const one = oneFoldReport();
    const [fold] = one.folds;
    const prAuc = { ...fold!.prAuc, logistic: null, zscore: null };
    const noPrAuc = { logistic: "4 blocks, needs 5", zscore: "not fitted" };
    const text = textOf(html`${foldsTable({ folds: [{ ...fold!, prAuc, noPrAuc }] })}`.text);
    expect(text).toContain("– 4 blocks, needs 5");
    expect(text.match(/not fitted/g)).toHaveLength(1);
  });
});

describe("the drift tables", () => {
  const fold = oneFoldReport().folds[0]!;
  const moved = (feature: string, distance: number, psi = 0.01, ks = 0.04, jensenShannon = 0.02) => {
    return { feature, distance, psi, ks, jensenShannon };
  };
  const folds = [
    { ...fold, driftedShare: 0.5, drift: [moved("a", 0.02, 0.7), moved("b", 0.3, 0.05, 0.25, 0.2)] },
    { ...fold, driftedShare: 0.25, drift: [moved("a", 0.5), moved("c", NaN)] },
  ];
  const page = html`<div>${driftTables({ folds })}</div>`.text;
  const [wasserstein, psi, ks, jensenShannon] = page.split("<details>") as [string, string, string, string];

  it("put the feature first that moved most in any fold, by each distance", () => {
    const order = (text: string) => [...text.matchAll(/<code>(\w)<\/code>/g)].map(([, name]) => name);
    expect([wasserstein, psi, ks, jensenShannon].map(order)).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"],
      ["b", "a", "c"],
      ["b", "a", "c"],
    ]);
  });

  it("shade by distance, set the customary threshold in bold, and dash what is missing", () => {
    expect(wasserstein).toContain('--heat-share:50%"');
    expect(wasserstein).toContain("<b>0.300</b>");
    expect(wasserstein).not.toContain("<b>0.020</b>");
    expect(textOf(wasserstein).match(/– no values/g)).toHaveLength(3);
    expect(psi).toContain("<b>0.700</b>");
    expect(ks).toContain("0.250");
    expect(ks).not.toContain("<b>");
    expect(jensenShannon).toContain("<b>0.200</b>");
  });

  it("say which share of the features is at the customary distance, in bold where that is drift of the data set", () => {
    expect(wasserstein).toContain("<b>50 %</b>");
    expect(wasserstein).toContain(">25 %<");
    expect(textOf(html`${driftTables({ folds: [{ ...folds[0]!, driftedShare: null }] })}`.text)).toContain(
      "data set –",
    );
  });
});

describe("the importance table", () => {
  const look = familyLooks(oneFoldReport()).get("logistic")!;

  it("gives share, bar and direction, and sums up the features beyond the twelfth", () => {
    const importance = Array.from({ length: 14 }, (_, i) => ({
      feature: `f${i}`,
      share: i === 13 ? 0.35 : 0.05,
      direction: i === 13 ? (1 as const) : i === 0 ? (-1 as const) : (0 as const),
      constrained: i === 13,
    }));
    const table = importanceTable(importance, look).text;
    const text = textOf(table);
    expect(text).toContain("f13 35.0 % ▲ rises (imposed) f0 5.0 % ▼ falls f1 5.0 % free");
    expect(text).toContain("2 other features 10.0 %");
    expect(table).toContain("width:100.0%");
    expect(table).toContain("width:14.3%");
  });

  it("says that there is none", () => {
    expect(textOf(importanceTable([], look).text)).toContain("None.");
  });
});
