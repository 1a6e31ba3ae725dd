// Expands a list of paths into recordings: files, all recordings below a folder, and those in a bucket.
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { OpenBucketRecordings } from "./bucket-recordings.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";
import { fileSource, isRecordingName, type RecordingSource } from "./recording-source.ts";

const NO_RECORDING = "holds no *.ndjson, *.jsonl, *.csv, *.gz of these, or *.parquet";

export interface OpenRecordings {
  readonly sources: readonly RecordingSource[];
  /** Closes the buckets. */
  close(): Promise<void>;
}

/**
 * The recordings in the order given. A folder is replaced by all recordings below it, in the order of their paths
 * inside it, hidden folders left out; `r2://BUCKET/PREFIX` and `local://PREFIX` by the objects there, in the same
 * order.
 *
 * @param options.persist where `wrangler dev` keeps its state, for `local://`; `.wrangler/state` by default.
 * @throws UnreadableFileError for a path that does not exist, is no regular file, or holds no recording.
 */
export async function openRecordings(
  paths: readonly string[],
  options: { readonly persist?: string | undefined } = {},
): Promise<OpenRecordings> {
  const sources: RecordingSource[] = [];
  const buckets: OpenBucketRecordings[] = [];
  const close = async (): Promise<void> => {
    for (const bucket of buckets) await bucket.close();
  };
  try {
    for (const path of paths) {
      if (!/^(r2|local):\/\//.test(path)) {
        sources.push(...(await fileSources(path)));
        continue;
      }
      const bucket = await openBucket(path, options.persist);
      buckets.push(bucket);
      if (bucket.sources.length === 0) throw new UnreadableFileError(path, NO_RECORDING);
      sources.push(...bucket.sources);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { sources, close };
}

async function openBucket(address: string, persist: string | undefined): Promise<OpenBucketRecordings> {
  // Imported here only: reading files needs neither the buckets nor their libraries.
  const { openLocalRecordings, openR2Recordings } = await import("./bucket-recordings.ts");
  return await (address.startsWith("local://") ? openLocalRecordings(address, persist) : openR2Recordings(address));
}

async function fileSources(path: string): Promise<RecordingSource[]> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined)
    throw new UnreadableFileError(path, "no such file or directory, expected a recording or a folder of them");
  if (entry.isFile()) return [fileSource(path, entry.size)];
  if (!entry.isDirectory()) throw new UnreadableFileError(path, "is no regular file: it has to be read more than once");
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((found) => !found.isDirectory() && isRecordingName(found.name))
    .map((found) => relative(path, join(found.parentPath, found.name)))
    .filter((name) => !name.split(sep).some((part) => part.startsWith(".")))
    .sort();
  if (names.length === 0) throw new UnreadableFileError(path, NO_RECORDING);
  return await Promise.all(
    names.map(async (name) => {
      const file = join(path, name);
      const { size } = await stat(file).catch(() => ({ size: NaN }));
      if (Number.isNaN(size)) throw new UnreadableFileError(file, "no such file or directory");
      return fileSource(file, size);
    }),
  );
}
