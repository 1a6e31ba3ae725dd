import { describe, expect, it } from "vitest";
import type { Command } from "../../command-line/command.ts";
import { flag, option, repeated } from "../../command-line/option.ts";
import { asksForHelp, parseCommandLine } from "../../command-line/parse-command-line.ts";
import { listOf, oneOf, text, wholeNumber } from "../../command-line/value-types.ts";

const COMMAND = {
  name: "brew",
  call: "npm run brew --",
  about: "Brews.",
  operands: { type: text("CUP"), least: 1, most: 2, help: "what it goes into" },
  options: {
    count: option(wholeNumber(), "how many", { default: "1" }),
    kind: option(oneOf(["black", "green"]), "what", { env: "BREW_KIND" }),
    sugar: option(listOf(wholeNumber(0, 9)), "pieces, one number a cup", { excludes: ["honey"] }),
    honey: flag("instead of sugar"),
    force: option(text("REASON"), "brew all the same", { needs: ["by"] }),
    by: option(text("NAME"), "who"),
    note: repeated(text("TEXT"), "any remark"),
  },
  notes: "",
} satisfies Command;
const parse = (...args: string[]) => parseCommandLine(COMMAND, args, {});

describe("a parsed command line", () => {
  it("has a typed value for each option, and the operands", () => {
    const { values, operands, given } = parse("a", "--count", "3", "--sugar=1,2", "b", "--note", "x", "--note=-y");
    expect(values).toEqual({
      ...{ count: 3, kind: undefined, sugar: [1, 2], honey: false, force: undefined, by: undefined },
      note: ["x", "-y"],
    });
    expect([operands, [...given]]).toEqual([
      ["a", "b"],
      ["count", "sugar", "note"],
    ]);
  });

  it("takes the last of an option given twice, a negative number, and what follows -- as operands", () => {
    expect(parse("a", "--count", "3", "--count", "-5").values.count).toBe(-5);
    expect(parse("--", "--count").operands).toEqual(["--count"]);
  });

  it("reads the environment where an option is not given, and names the variable in its error", () => {
    const kind = (env: Record<string, string>, ...args: string[]) =>
      parseCommandLine(COMMAND, ["a", ...args], env).values.kind;
    expect(kind({ BREW_KIND: "green" })).toBe("green");
    expect(kind({ BREW_KIND: "green" }, "--kind", "black")).toBe("black");
    expect(kind({ BREW_KIND: "" })).toBeUndefined();
    expect(() => kind({ BREW_KIND: "red" })).toThrow("BREW_KIND: got red, expected black or green");
  });

  it("applies no rules to an option that is given its default", () => {
    const to = option(text("BUCKET"), "where", { default: "local", needs: ["publish"] });
    const command = { ...COMMAND, options: { to, publish: flag("publish") } };
    expect(parseCommandLine(command, ["a", "--to", "local"], {}).values.to).toBe("local");
    expect(() => parseCommandLine(command, ["a", "--to", "r2://b"], {})).toThrow("--to needs --publish");
  });

  it.each([
    [[], "no CUP given: npm run brew -- CUP…"],
    [["a", "b", "c"], "got c, expected at most 2 CUP"],
    [["a", "--force", "x"], "--force needs --by NAME"],
    [["a", "--sugar", "1", "--honey"], "--sugar and --honey exclude each other: give one of them"],
    [["a", "--sugar", "1,x"], "--sugar: got x, expected a whole number from 0 to 9"],
    [["a", "--count", ""], '--count: got "", expected a whole number'],
    [["a", "--count"], "--count needs a value: --count N"],
    [["a", "--by", "--honey"], "--by needs a value: --by NAME, or --by=--honey if that is the value"],
    [["a", "--honey=yes"], "--honey takes no value: got yes"],
    [["a", "--cuont", "1"], "unknown option --cuont: did you mean --count?"],
    [["a", "--temperature"], "unknown option --temperature: expected one of --count, --kind, --sugar"],
    [["a", "-c"], "unknown option -c"],
    [["a", "--__proto__"], "unknown option --__proto__"],
  ])("refuses %j", (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });

  it("requests help with --help or -h, but not behind --", () => {
    expect([["--nonsense", "--help"], ["-h"], ["--", "--help"], ["x"]].map(asksForHelp)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
