// Commands in the documents: the programs exist and take the options.
import { describe, expect, it } from "vitest";
import { readArguments } from "../../command-line/parse-command-line.ts";
import { namesOf } from "../../command-line/program-list.ts";
import { PROGRAMS } from "../../programs.ts";
import { documents, shellLines } from "../processes/documents.ts";

const programs = new Map(namesOf(PROGRAMS));
const { scripts } = (await import("../../package.json", { with: { type: "json" } })).default;

/** Calls of npm scripts: `npm start`, or `npm run NAME` with what follows `--`. */
function callsIn(text: string): { script: string; args: string[] }[] {
  const calls = text.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:]+)(?: -- ([^`\n#]*))?/g);
  return [...calls].map(([, script, args = ""]) => ({
    script: script!,
    args: args.trim().split(/\s+/).filter(Boolean),
  }));
}

describe.each(documents())("%s", (_, text) => {
  it("names scripts that exist", () => {
    for (const { script } of callsIn(text)) expect(Object.keys(scripts)).toContain(script);
  });

  it("gives its programs options that they take", async () => {
    for (const { script, args } of shellLines(text).flatMap(callsIn)) {
      const started = /volgate\.js(.*)$/.exec(scripts[script as keyof typeof scripts])?.[1]?.trim();
      if (started === undefined) continue;
      // A program of a group has a word or two more: `npm run volgate -- feed kafka`.
      const nameOf = (more: number): string => [started, ...args.slice(0, more)].join(" ").trim();
      const words = [2, 1, 0].find((more) => programs.has(nameOf(more)));
      const { command } = await programs.get(nameOf(words!))!.load();
      expect(() => readArguments(command, args.slice(words)), `${script} ${args.join(" ")}`).not.toThrow();
    }
  });
});
