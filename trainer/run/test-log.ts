// Which rows were tested before: one line of JSON per training run in DIR/tests.jsonl, and the published models.
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { publishedManifest, publishedModels } from "../../model-artifacts/model-index.ts";
import type { PublishTarget } from "../publish/publish-target.ts";

const FILE = "tests.jsonl";
/** Published runs whose manifests are read, newest first. */
const MOST_READ = 200;

const lineSchema = v.object({
  createdAt: v.string(),
  dataFingerprint: v.string(),
  testFromMs: v.number(),
  testToMs: v.number(),
  label: v.string(),
  chosen: v.string(),
  codeCommit: v.string(),
});

/** One look at test rows: when, at which, and what came out of it. */
type TestLine = Readonly<v.InferOutput<typeof lineSchema>>;

/** Looks at the same data before this run. */
export interface EarlierTests {
  /** A published model of before the field has no period: it counts as one of every period. */
  readonly tests: readonly (Pick<TestLine, "createdAt"> & Partial<Pick<TestLine, "testFromMs" | "testToMs">>)[];
  /** Why some may be missing, one reason a source; empty when all sources could be read. */
  readonly unread: readonly string[];
}

/**
 * The looks at data with this fingerprint that `dir` and the bucket know. A run that both know counts once.
 * @param rules `needsLog`: whether a folder without a log is a source that could not be read; else it has no looks.
 */
export async function readEarlierTests(
  dir: string,
  target: PublishTarget | undefined,
  dataFingerprint: string,
  { needsLog = false }: { readonly needsLog?: boolean } = {},
): Promise<EarlierTests> {
  const local = await readLog(join(dir, FILE), needsLog);
  const own = local.tests.filter((line) => line.dataFingerprint === dataFingerprint);
  const published = target === undefined ? NOTHING : await readPublished(target, dataFingerprint);
  const known = new Set(own.map(({ createdAt }) => createdAt));
  const others = published.tests.filter(({ createdAt }) => !known.has(createdAt));
  return { tests: [...own, ...others], unread: [...local.unread, ...published.unread] };
}

/** How many of them tested rows of a period. Two periods that share a moment are the same rows to a chooser. */
export function testsOf({ tests }: Pick<EarlierTests, "tests">, fromMs: number, toMs: number): number {
  return tests.filter(({ testFromMs = -Infinity, testToMs = Infinity }) => testFromMs <= toMs && fromMs <= testToMs)
    .length;
}

/** Adds a look, and makes the folder if need be. Returns why it could not; the run's figures stand all the same. */
export async function logTest(dir: string, line: TestLine): Promise<string | undefined> {
  const path = join(dir, FILE);
  try {
    await mkdir(dir, { recursive: true });
    await appendFile(path, JSON.stringify(line) + "\n");
    return undefined;
  } catch (error) {
    return `${path}: this test could not be added: ${textOf(error)}`;
  }
}

const NOTHING: EarlierTests = { tests: [], unread: [] };

async function readLog(
  path: string,
  isNeeded: boolean,
): Promise<{ readonly tests: readonly TestLine[]; readonly unread: readonly string[] }> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const isNew = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (isNew) return { tests: [], unread: isNeeded ? [`${path}: there is no log of earlier tests`] : [] };
    return { tests: [], unread: [`${path}: ${textOf(error)}`] };
  }
  const tests: TestLine[] = [];
  const unread: number[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const parsed = v.safeParse(lineSchema, jsonOf(line));
    if (parsed.success) tests.push(parsed.output);
    else unread.push(i + 1);
  }
  if (unread.length === 0) return { tests, unread: [] };
  return { tests, unread: [`${path}: ${unread.length} lines are no test, the first is line ${unread[0]}`] };
}

async function readPublished(target: PublishTarget, dataFingerprint: string): Promise<EarlierTests> {
  try {
    return await target.read(async (bucket) => {
      const runs = new Map<string, string[]>();
      for (const { createdAt, sha256 } of await publishedModels(bucket)) {
        runs.set(createdAt, [sha256, ...(runs.get(createdAt) ?? [])]);
      }
      const read = [...runs.values()].toReversed().slice(0, MOST_READ);
      const looks = await Promise.all(read.map((models) => lookOf(bucket, models, dataFingerprint)));
      const left = runs.size - read.length;
      return {
        tests: looks.filter((look) => look !== undefined),
        unread: left > 0 ? [`${target.name}: ${left} older runs were not read`] : [],
      };
    });
  } catch (error) {
    return { tests: [], unread: [`${target.name}: ${textOf(error)}`] };
  }
}

/**
 * The look of one run at data with this fingerprint, from the first of its models that has figures; `undefined` without
 * one. Families that the first fold was too short for have none, in a run whose others do.
 */
async function lookOf(
  bucket: Parameters<typeof publishedManifest>[0],
  models: readonly string[],
  fingerprint: string,
): Promise<EarlierTests["tests"][number] | undefined> {
  for (const sha256 of models) {
    const { createdAt, dataFingerprint, evaluation } = await publishedManifest(bucket, sha256);
    if (dataFingerprint !== fingerprint) return undefined;
    if (evaluation !== null) return { createdAt, ...evaluation.testPeriod };
  }
  return undefined;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
