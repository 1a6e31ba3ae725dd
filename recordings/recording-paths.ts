// Expands a list of paths into recordings: files, all recordings below a folder, and those in a bucket.
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { OpenBucketRecordings } from "./bucket-recordings.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";
import { fileKind, isRecordingName, mayBeSettings } from "./file-kind.ts";
import { unpacked } from "./file-lines.ts";
import { leaveOutPredictions } from "./leave-out-predictions.ts";
import { fileSource, type RecordingSource, sourceParts } from "./recording-source.ts";
import { zipEntries } from "./zip-entries.ts";

const NO_RECORDING = "holds no *.csv, *.tsv, *.ndjson, *.json, .gz, .zst or .zip of these, *.parquet or *.feather";
/** Files in a folder that may hold ticks and are not read. */
const OTHER_KIND = /\.(json|json\.gz|json\.zst|7z|xz|bz2|tar|tgz|xlsx?|dbn|dbn\.zst|h5|hdf5?|pkl|orc|avro)$/i;

export interface OpenRecordings {
  readonly sources: readonly RecordingSource[];
  /** Files below the folders given that may hold ticks, of kinds that are not read. */
  readonly skipped: readonly string[];
  /** How many files of a gateway's archive were left out because they hold predictions. */
  readonly predictions: number;
  /** Closes the buckets. */
  close(): Promise<void>;
}

/**
 * The recordings in the order given. A folder is replaced by all recordings below it, in the order of their paths
 * inside it, hidden folders left out; `r2://BUCKET/PREFIX` and `local://PREFIX` by the objects there, in the same
 * order. The predictions of a gateway's archive are left out.
 *
 * @param options.predictions whether they are wanted, and so not left out.
 * @param options.persist where `wrangler dev` keeps its state, for `local://`; `.wrangler/state` by default.
 * @throws UnreadableFileError for a path that does not exist, is no regular file, or holds no recording.
 */
export async function openRecordings(
  paths: readonly string[],
  options: { readonly persist?: string | undefined; readonly predictions?: boolean } = {},
): Promise<OpenRecordings> {
  const sources: RecordingSource[] = [];
  const skipped: string[] = [];
  const buckets: OpenBucketRecordings[] = [];
  let predictions = 0;
  const add = (path: string, found: readonly RecordingSource[]): void => {
    const kept = options.predictions === true ? found : leaveOutPredictions(path, found);
    predictions += found.length - kept.length;
    sources.push(...kept);
  };
  const close = async (): Promise<void> => {
    for (const bucket of buckets) await bucket.close();
  };
  try {
    for (const path of paths) {
      if (!/^(r2|local):\/\//.test(path)) {
        add(path, await fileSources(path, skipped));
        continue;
      }
      const bucket = await openBucket(path, options.persist);
      buckets.push(bucket);
      if (bucket.sources.length === 0) throw new UnreadableFileError(path, NO_RECORDING);
      add(path, bucket.sources);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { sources: await withZipEntries(sources), skipped, predictions, close };
}

/** A zip is replaced by its entries. */
async function withZipEntries(sources: readonly RecordingSource[]): Promise<RecordingSource[]> {
  const found: RecordingSource[] = [];
  for (const source of sources) {
    if (/\.zip$/i.test(source.path)) found.push(...(await zipEntries(source)));
    else found.push(source);
  }
  return found;
}

async function openBucket(address: string, persist: string | undefined): Promise<OpenBucketRecordings> {
  // Imported here only: reading files needs neither the buckets nor their libraries.
  const { openLocalRecordings, openR2Recordings } = await import("./bucket-recordings.ts");
  return await (address.startsWith("local://") ? openLocalRecordings(address, persist) : openR2Recordings(address));
}

async function fileSources(path: string, skipped: string[]): Promise<RecordingSource[]> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined)
    throw new UnreadableFileError(path, "no such file or directory, expected a recording or a folder of them");
  if (entry.isFile()) return [fileSource(path, entry.size)];
  if (!entry.isDirectory()) throw new UnreadableFileError(path, "is no regular file: it has to be read more than once");
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((found) => !found.isDirectory())
    .map((found) => relative(path, join(found.parentPath, found.name)))
    .filter((name) => !name.split(sep).some((part) => part.startsWith(".")))
    .sort();
  const names: string[] = [];
  for (const name of files.filter(isRecordingName)) {
    if (!mayBeSettings(name) || (await isJsonOfRows(join(path, name)))) names.push(name);
  }
  const others = files.filter((name) => OTHER_KIND.test(name) && !names.includes(name)).map((name) => join(path, name));
  if (names.length === 0) {
    const instead = others.length === 0 ? "" : `; ${others[0]} is of a kind that is not read`;
    throw new UnreadableFileError(path, NO_RECORDING + instead);
  }
  skipped.push(...others);
  return await Promise.all(
    names.map(async (name) => {
      const file = join(path, name);
      const { size } = await stat(file).catch(() => ({ size: NaN }));
      if (Number.isNaN(size)) throw new UnreadableFileError(file, "no such file or directory");
      return fileSource(file, size);
    }),
  );
}

/** Whether a file of JSON begins as a list or as a page of bars: others in a folder are settings. */
async function isJsonOfRows(path: string): Promise<boolean> {
  const { size } = await stat(path);
  const parts = sourceParts(fileSource(path, size), 0, Math.min(size, 1 << 12));
  try {
    for await (const bytes of unpacked(path, fileKind(path).codecs, parts, () => undefined)) {
      const head = new TextDecoder().decode(bytes).trimStart();
      if (head !== "") return head.startsWith("[") || /^\{\s*"(bars|next_page_token)"/.test(head);
    }
  } catch {
    // The reader says what is wrong with it.
    return true;
  }
  return false;
}
