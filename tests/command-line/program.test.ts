import { describe, expect, it } from "vitest";
import type { Command } from "../../command-line/command.ts";
import { type Program, runProgram } from "../../command-line/program.ts";
import { UserError } from "../../command-line/user-error.ts";

const command: Command = { name: "brew", call: "npm run brew --", about: "Brews.", options: {}, notes: "" };

async function ended(run: Program["run"], ...args: string[]): Promise<{ code: number; noted: string[] }> {
  const noted: string[] = [];
  const output = { print: () => undefined, note: (line: string) => void noted.push(line) };
  const program: Program = { command, expectedErrors: [[RangeError, 1]], run };
  return { code: await runProgram(program, args, output), noted };
}

describe("a program", () => {
  it("receives its arguments and returns its own exit code", async () => {
    const { code, noted } = await ended(async (args) => Promise.resolve(args.length), "a", "b", "c");
    expect([code, noted]).toEqual([3, []]);
  });

  it("exits with 2 for a mistake of the user, in two lines", async () => {
    const { code, noted } = await ended(() => Promise.reject(new UserError("no water")));
    expect([code, noted]).toEqual([2, ["brew: no water", "npm run brew -- --help shows the options."]]);
  });

  it("exits with the code of its table for an expected failure, in one line", async () => {
    const { code, noted } = await ended(() => Promise.reject(new RangeError("the kettle is gone")));
    expect([code, noted]).toEqual([1, ["brew: the kettle is gone"]]);
  });

  it("exits with 1 for a bug, with its stack trace and its cause", async () => {
    const { code, noted } = await ended(() => Promise.reject(new TypeError("a bug", { cause: new Error("deeper") })));
    expect(code).toBe(1);
    expect(noted.join("\n")).toMatch(/TypeError: a bug\n {4}at .*deeper/s);
  });
});
