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
      // A program of a group has a name of several words.
      const words = [...started.split(" ").filter(Boolean), ...args];
      const length = [3, 2, 1].find((count) => programs.has(words.slice(0, count).join(" ")))!;
      const name = words.slice(0, length).join(" ");
      const others = words.slice(length);
      const { command } = await programs.get(name)!.load();
      expect(() => readArguments(command, others), `${script} ${args.join(" ")}`).not.toThrow();
    }
  });
});
