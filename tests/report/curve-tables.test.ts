import { describe, expect, it } from "vitest";
import { precisionRecallTable, reliabilityTable, tableBehind } from "../../report/curve-tables.ts";
import { seriesLooks } from "../../report/series-look.ts";
import { textOf, unclosedTags } from "./page-text.ts";

const look = seriesLooks(["gbdt"], () => false).get("gbdt")!;

describe("the tables behind curves", () => {
  it("read the precision at a recall from the step that the recall lies on", () => {
    const points = [
      { recall: 0.3, precision: 0.9, low: 0.8, high: 1 },
      { recall: 0.65, precision: 0.4, low: null, high: null },
    ];
    const { text } = precisionRecallTable([{ look, points, area: null }], "c");
    const rows = textOf(text).split("gbdt ")[1]!;
    expect(rows).toContain("0.3 0.900 [0.800, 1.000] 0.4 0.400 0.5 0.400 0.6 0.400 0.7 – 0.8 –");
    expect(unclosedTags(text)).toEqual([]);
  });

  it("give each bin its rows, its share and its interval", () => {
    const bins = [
      { count: 1234, meanProbability: 0.05, observed: 0.04, low: 0.02, high: 0.06 },
      { count: 3, meanProbability: 0.9, observed: 1 },
    ];
    expect(textOf(reliabilityTable(bins, "c").text)).toContain("0.050 1,234 0.040 [0.020, 0.060] 0.900 3 1.000 ");
  });

  it("are closed until the reader opens them", () => {
    expect(tableBehind("x").text).toMatch(/^<details class="behind">\s*<summary>Figures as a table</);
  });
});
