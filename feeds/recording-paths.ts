// Which files a list of paths stands for: a directory stands for the recordings in it.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UnreadableFileError } from "./file-lines.ts";

const RECORDING = /\.(ndjson|csv)(\.gz)?$/;

/**
 * The files in the order given; a directory is replaced by its `*.ndjson`, `*.csv` and their `.gz` files, sorted by
 * name, without subdirectories.
 *
 * @throws UnreadableFileError for a path that does not exist and for a directory without recordings.
 */
export async function expandRecordingPaths(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const entry = await stat(path).catch(() => undefined);
    if (entry === undefined)
      throw new UnreadableFileError(path, "no such file or directory, expected a recording or a folder of them");
    if (!entry.isDirectory()) {
      files.push(path);
      continue;
    }
    const names = (await readdir(path)).filter((name) => RECORDING.test(name)).sort();
    if (names.length === 0) throw new UnreadableFileError(path, "holds no *.ndjson, *.csv or *.gz of these");
    files.push(...names.map((name) => join(path, name)));
  }
  return files;
}
