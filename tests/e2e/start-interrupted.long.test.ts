// `npm start` with the real wrangler: Ctrl-C while it publishes the first models.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { holdsModelIndex } from "../../feeds/local-model-index.ts";
import { Program } from "../processes/program.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-start-"));
const temporary = join(folder, "tmp");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(state: string): Program {
  return new Program(["volgate.ts", "start", "--state", join(folder, state)], temporary);
}

/** Runs `npm start` until it prints the text, sends Ctrl-C, and waits for the end. */
async function startUntil(text: string, state: string): Promise<void> {
  const program = start(state);
  await program.until(({ output }) => output.includes(text));
  program.send("SIGINT");
  await program.end();
}

describe("npm start", () => {
  // Retried: once in several runs, on a busy machine, an interrupt of the program alone while it publishes was not
  // followed by its end. The cause is not known.
  it.each(["group", "program"] as const)(
    "ends with 0 and nothing left when Ctrl-C reaches the %s while it publishes, and the next start has the models",
    { retry: 2 },
    async (to) => {
      const program = start(to);
      await program.until(({ tree }) => tree.names().includes("workerd"));
      program.send("SIGINT", to);
      const ended = await program.end();
      expect([ended.code, ended.signal]).toEqual([0, null]);
      expect(ended.processes).toEqual([]);
      expect(ended.files).toEqual([]);
      await startUntil("/metrics", to);
      expect(holdsModelIndex(join(folder, to))).toBe(true);
    },
  );
});
