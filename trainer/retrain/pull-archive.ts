// The first stage: copies recordings from a bucket to this machine, so that each crosses the network once however often
// the trainer reads it. Local recordings are not copied.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openRecordings } from "../../recordings/recording-paths.ts";
import type { RecordingSource } from "../../recordings/recording-source.ts";
import { UserError } from "../../command-line/user-error.ts";
import { parseArchiveKey } from "../../src/features/archive-key.ts";

/** Objects downloaded at the same time. */
const AT_ONCE = 8;

export interface PullPlan {
  /** Addresses, files and folders as the trainer takes them. */
  readonly from: readonly string[];
  /** Only objects of an archive whose first tick is from this minute or a later one; `undefined` for all. */
  readonly sinceMs: number | undefined;
  /** Only this symbol's objects of an archive. */
  readonly symbol: string | undefined;
  /** Where `wrangler dev` keeps its state. */
  readonly persist: string;
  /** Existing folder that takes the copies. */
  readonly into: string;
}

export interface Pulled {
  /** For the trainer, in the order given: copies and files. */
  readonly files: readonly string[];
  readonly objects: number;
  readonly bytes: number;
  /** Objects left out as too old or another symbol's. */
  readonly leftOut: number;
  /** Files of predictions beside the ticks, left out too. */
  readonly predictions: number;
  /** Event time of the first and the last object's first tick; `null` where none is of an archive. */
  readonly fromMs: number | null;
  readonly lastMs: number | null;
}

/**
 * Copies what the plan names.
 * @throws UnreadableFileError for an address that cannot be read or holds nothing.
 * @throws UserError when nothing is recent enough, or `sinceMs` is given and the name of a recording has no time.
 */
export async function pullArchive(plan: PullPlan): Promise<Pulled> {
  const { sources, predictions, close } = await openRecordings(plan.from, { persist: plan.persist });
  try {
    const wanted = sources.filter((source) => isWanted(source, plan));
    if (wanted.length === 0) throw new UserError(nothingText(plan, sources.length));
    const files = wanted.map(({ path }, i) => (isRemote(path) ? copyPath(plan.into, path, i) : path));
    await eachAtOnce(wanted, async (source, i) => {
      if (isRemote(source.path)) await copy(source, files[i]!);
    });
    const times = wanted.flatMap(({ path }) => parseArchiveKey(path)?.fromMs ?? []).sort((a, b) => a - b);
    return {
      files,
      objects: wanted.length,
      bytes: wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      leftOut: sources.length - wanted.length,
      predictions,
      fromMs: times[0] ?? null,
      lastMs: times.at(-1) ?? null,
    };
  } finally {
    await close();
  }
}

function isWanted({ path }: RecordingSource, { sinceMs, symbol }: PullPlan): boolean {
  const key = parseArchiveKey(path);
  if (sinceMs === undefined) return key === undefined || symbol === undefined || key.symbol === symbol;
  if (key === undefined) {
    const expected = "objects of an archive, ticks/symbol=<symbol>/date=<yyyy-mm-dd>/<hhmm>-<batch>.parquet";
    throw new UserError(`--since: got ${path}, expected ${expected}`);
  }
  return key.fromMs >= Math.floor(sinceMs / 60_000) * 60_000 && (symbol === undefined || key.symbol === symbol);
}

function nothingText({ from, sinceMs, symbol }: PullPlan, found: number): string {
  const since = sinceMs === undefined ? "" : ` from ${new Date(sinceMs).toISOString()} on`;
  const of = symbol === undefined ? "" : ` of ${symbol}`;
  return `${from.join(" ")}: holds ${found} recordings, none${of}${since}`;
}

function isRemote(path: string): boolean {
  return /^(r2|local):\/\//.test(path);
}

/** Numbered, so that every address has its own copy; below that the whole key, which may name the market. */
function copyPath(into: string, path: string, i: number): string {
  const parts = path.split("/").slice(2);
  return join(into, String(i).padStart(6, "0"), ...parts.filter((part) => !/^\.{0,2}$/.test(part)));
}

async function copy(source: RecordingSource, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await source.read(0, source.sizeBytes));
}

/** Runs `work` for every item, a few at a time; throws the first error when all that run have ended. */
async function eachAtOnce<T>(items: readonly T[], work: (item: T, i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      try {
        await work(items[i]!, i);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  const failed = ended.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}
