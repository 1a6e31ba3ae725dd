// What holds for the command line of every program, from its table.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Command } from "../../command-line/command.ts";
import { helpText } from "../../command-line/help-text.ts";
import { checkOptions } from "../../command-line/parse-command-line.ts";
import { type Program, runProgram } from "../../command-line/program.ts";
import { listText, namesOf } from "../../command-line/program-list.ts";
import { PROGRAMS } from "../../programs.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
const programs = await Promise.all(namesOf(PROGRAMS).map(async ([name, { load }]) => [name, await load()] as const));

async function run(program: Program, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [printed, noted]: string[][] = [[], []];
  const output = { print: (line: string) => void printed!.push(line), note: (line: string) => void noted!.push(line) };
  const code = await runProgram(program, args, output);
  return { code, stdout: printed!.join("\n"), stderr: noted!.join("\n") };
}

/** Operands of the right form, as many as there must be. */
function operandsFor({ operands }: Command): string[] {
  return Array.from({ length: operands?.least ?? 0 }, () =>
    operands?.type.placeholder === "SHA256" ? "a".repeat(64) : "x",
  );
}

describe.each(programs)("volgate %s", (name, program) => {
  const { command } = program;
  const valued = Object.entries(command.options).filter(([, { placeholder }]) => placeholder !== undefined);

  it("has its name in the list, and a script that starts it", () => {
    expect(command.name).toBe(name);
    const script = /^npm (?:run )?([\w:]+)/.exec(command.call)?.[1] ?? "";
    const inner = /^npm run (?:bench|model|volgate) -- ([\w -]+)$/.exec(command.call)?.[1];
    const started = `${scripts[script]}${inner === undefined ? "" : ` ${inner}`}`;
    expect(started).toBe(`node volgate.js ${name}`);
  });

  it("prints its help with every option and its default, whatever else is wrong, and exits with 0", async () => {
    const { code, stdout, stderr } = await run(program, "--nonsense", "--help");
    expect([code, stderr, `${stdout}\n`]).toEqual([0, "", helpText(command)]);
    for (const [option, row] of Object.entries(command.options)) {
      expect(stdout).toContain(`  --${option}${row.placeholder === undefined ? "" : ` ${row.placeholder}`}`);
      if (row.default !== undefined) expect(stdout.replace(/\s+/g, " ")).toContain(row.otherwise ?? row.default);
    }
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });

  it("takes its own defaults, and names only its own options in rules", () => {
    const required = new Set(Object.keys(command.options).filter((option) => command.options[option]?.required));
    const optional = Object.fromEntries(Object.entries(command.options).filter(([option]) => !required.has(option)));
    expect(() => checkOptions(optional, new Map(), {})).not.toThrow();
    for (const { needs = [], excludes = [] } of Object.values(command.options)) {
      for (const other of [...needs, ...excludes]) expect(Object.keys(command.options)).toContain(other);
    }
  });

  it("refuses an unknown option with 2, suggests the nearest, and says how to get the help", async () => {
    const { code, stdout, stderr } = await run(program, "--hepl");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`${name}: unknown option --hepl: did you mean --help?`);
    expect(stderr).toMatch(/--help shows the options\.$/);
    expect((await run(program, "-x")).stderr).toContain("unknown option -x");
    expect((await run(program, "--constructor")).code).toBe(2);
  });

  it.skipIf(valued.length === 0)("refuses an option without its value", async () => {
    for (const [option, { placeholder }] of valued) {
      const needed = `--${option} needs a value: --${option} ${placeholder}`;
      expect((await run(program, `--${option}`)).stderr).toContain(needed);
      expect((await run(program, `--${option}`, "--help=1")).stderr).toContain(needed);
    }
  });

  it("refuses a wrong value, naming the option, what came and what was expected", async () => {
    for (const [option, row] of valued) {
      // Some take any text.
      if (takes(row.read, "~ nonsense ~")) continue;
      const { code, stderr } = await run(program, ...operandsFor(command), `--${option}`, "~ nonsense ~");
      if (stderr.includes("is missing")) continue;
      expect(stderr).toMatch(new RegExp(`--${option}.*: (got ~ nonsense ~, expected|Unexpected|.*JSON)`));
      expect([code, stderr.includes("    at ")]).toEqual([2, false]);
    }
  });

  it("refuses operands that it does not take", async () => {
    if (command.operands?.most === Infinity) return;
    const most = operandsFor(command);
    const required = Object.keys(command.options).filter((option) => command.options[option]?.required);
    const { code, stderr } = await run(program, ...most, "extra", ...required.map((option) => `--${option}=x`));
    expect(stderr).toContain(`${name}: got extra, expected`);
    expect(code).toBe(2);
  });
});

function takes(read: (texts: readonly string[], name: string) => unknown, text: string): boolean {
  try {
    read([text], "--x");
    return true;
  } catch {
    return false;
  }
}

describe("npm run volgate", () => {
  const volgate = (...args: string[]) =>
    spawnSync(process.execPath, [join(ROOT, "volgate.ts"), ...args], { encoding: "utf8" });

  it("lists all programs, and those of a group, with a sentence each", () => {
    const all = volgate("--help");
    expect([all.status, all.stdout]).toEqual([0, `${listText("npm run volgate --", PROGRAMS)}\n`]);
    for (const [name] of programs) expect(all.stdout).toMatch(new RegExp(`^  ${name} {2,}\\S`, "m"));
    expect(volgate("model", "--help").stdout).toMatch(/^ {2}import .*^ {2}rollback /ms);
  });

  it("refuses an unknown command with 2 and suggests the nearest", () => {
    const { status, stderr } = volgate("trian");
    expect([status, stderr]).toEqual([
      2,
      "unknown command trian: did you mean train?\nnpm run volgate -- --help lists them.\n",
    ]);
    expect(volgate("model").stderr).toContain(
      "no command given: expected one of list, show, compare, evaluate, import, publish, promote, backfill, rollback",
    );
  });

  it("runs the program with its arguments and exits as it says", () => {
    const { status, stderr } = volgate("replay", "--sped", "1", "x");
    expect([status, stderr]).toEqual([
      2,
      "replay: unknown option --sped: did you mean --speed?\nnpm run replay -- --help shows the options.\n",
    ]);
  });
});
