// The list of benchmarks, and the names by which they are started.
import { describe, expect, it } from "vitest";
import { benchPrograms } from "../../bench/bench-programs.ts";
import { BENCHES, quickBenches } from "../../bench/catalogue.ts";
import { listText } from "../../bench/list.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import type { ProgramEntry } from "../../command-line/program-list.ts";

const { scripts } = (await import("../../package.json", { with: { type: "json" } })).default;

describe("the benchmarks", () => {
  it("are listed by what they measure, with the time that all takes for them", () => {
    const benches = {
      one: { summary: "measures one", kind: "speed", quick: { args: "--rounds 1", seconds: 9 } },
      other: { summary: "measures another", kind: "losses" },
    } as const;
    expect(listText(benches).split("\n")).toEqual([
      "speed:",
      "  one    measures one (all: some 9 s)",
      "",
      "losses:",
      "  other  measures another",
    ]);
    for (const name of Object.keys(BENCHES)) expect(listText()).toMatch(new RegExp(`^  ${name} {2,}\\S`, "m"));
  });

  it("have scripts of the older form, each of which starts the one that it names", () => {
    const older = Object.entries(scripts).filter(([name]) => name.startsWith("bench:"));
    for (const [name, script] of older) expect(script).toBe(`node volgate.js bench ${name.slice("bench:".length)}`);
  });

  it.each(quickBenches().map(({ name, args }) => [name, args] as const))(
    "%s takes the options of all",
    async (name, args) => {
      const { program } = { program: await (benchPrograms()[name] as ProgramEntry).load() };
      expect(() => parseCommandLine(program.command, args)).not.toThrow();
    },
  );
});
