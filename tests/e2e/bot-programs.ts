// The programs of the tests of examples for bots: they run in the Python that has the bots.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { botPython } from "../peers/python.ts";
import { ChildProgram } from "../processes/child-program.ts";
import { READ_TOKEN } from "./bot-markets.ts";

export const EXAMPLES = join(import.meta.dirname, "../../examples");
/** Time for a program of theirs, and for a test. */
export const BOT_WITHIN_MS = 420_000;

/** Starts Python in a folder. Throws without a Python that has bots. */
export function startBotPython(args: readonly string[], cwd: string): ChildProgram {
  const python = botPython([]);
  if ("missing" in python) throw new Error(python.missing);
  const env = { VOLGATE_READ_TOKEN: READ_TOKEN, PYTHONDONTWRITEBYTECODE: "1" };
  return new ChildProgram(python.path, args, { env, cwd, withinMs: BOT_WITHIN_MS });
}

/** The lines of JSON that a program has printed so far. */
export function jsonLines<Line>({ lines }: ChildProgram): Line[] {
  return lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Line] : []));
}

/** Kills programs and waits until they are gone. */
export async function endAll(...programs: readonly ChildProgram[]): Promise<void> {
  for (const program of programs) program.send("SIGKILL");
  await Promise.all(programs.map(({ ended }) => ended));
}

/** Writes the example's configuration with another address, token and folder; returns its path. */
export function freqtradeConfig(folder: string, url: string, name: string): string {
  const example = JSON.parse(readFileSync(join(EXAMPLES, "freqtrade/config.json"), "utf8")) as {
    exchange: object;
    volgate: object;
  };
  const userDir = join(folder, `freqtrade-${name}`);
  mkdirSync(userDir);
  const path = join(userDir, "config.json");
  const pairs = ["CALM", "USUAL", "WILD", "OVER", "NEW", "NOBODY"].map((base) => `${base}/USD`);
  const config = {
    ...example,
    db_url: "sqlite://",
    user_data_dir: userDir,
    strategy_path: join(EXAMPLES, "freqtrade"),
    exchange: { ...example.exchange, pair_whitelist: pairs },
    volgate: { ...example.volgate, url, token: READ_TOKEN },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
