import { describe, expect, it } from "vitest";
import { parseGoldenTable } from "../../../trainer/import/golden-table.ts";
import { UserError } from "../../../command-line/user-error.ts";

const parse = (text: string) => parseGoldenTable(text, ["a", "b"], "t.csv");

describe("a golden table", () => {
  it("is read by the names of its columns, in float32, with empty cells missing", () => {
    const { values, probabilities } = parse('\uFEFF"b",a,probability\r\n0.1,2,0.25\r\n,-inf,1e-3\r\nNaN, 3 ,1\r\n\r\n');
    expect([...values]).toEqual([2, Math.fround(0.1), -Infinity, NaN, 3, NaN]);
    expect([...probabilities]).toEqual([0.25, 0.001, 1]);
  });

  it.each([
    ["", /t\.csv: got {2}as last column, expected probability/],
    ["a,b\n1,2", /got b as last column/],
    ["a,probability\n1,0", /got no column b/],
    ["a,b,c,probability\n1,2,3,0", /got a column c/],
    ["a,b,a,probability\n1,2,3,0", /got a column a/],
    ["a,b,probability\n", /got no rows/],
    ["a,b,probability\n1,2,0\n1,2", /line 3: got 2 cells, expected 3/],
    ["a,b,probability\n1,two,0", /line 2, b: got two, expected a number/],
    ["a,b,probability\n1,0x10,0", /line 2, b: got 0x10/],
    ["a,b,probability\n1,2,1.5", /line 2, probability: got 1\.5, expected a number from 0 to 1/],
    ["a,b,probability\n1,2,", /line 2, probability: got /],
  ])("refuses %j, saying where", (text, message) => {
    expect(() => parse(text)).toThrow(UserError);
    expect(() => parse(text)).toThrow(message);
  });
});
