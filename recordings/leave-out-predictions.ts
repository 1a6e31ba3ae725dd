// The gateway's archive has ticks and predictions side by side; only its ticks are recordings.
import { relative, resolve, sep } from "node:path";
import { isBelowPredictions } from "../src/features/archive-key.ts";
import type { RecordingSource } from "./recording-source.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/**
 * The sources of a path without the archive's predictions below it.
 * @throws UnreadableFileError for a path that names predictions itself, or holds nothing else.
 */
export function leaveOutPredictions(path: string, sources: readonly RecordingSource[]): RecordingSource[] {
  const isRemote = /^(r2|local):\/\//.test(path);
  const inside = (file: string): string => (isRemote ? file.slice(path.length) : slashed(relative(path, file)));
  const kept = sources.filter((source) => !isBelowPredictions(inside(source.path)));
  const named = kept.some((source) => isBelowPredictions(isRemote ? source.path : slashed(resolve(source.path))));
  if (named || (kept.length === 0 && sources.length > 0)) {
    const of = named ? "is of" : "holds nothing but";
    throw new UnreadableFileError(
      path,
      `${of} a gateway's predictions, expected ticks: those of its archive are below ticks/`,
    );
  }
  return kept;
}

/** One line for people. */
export function predictionsText(files: number): string {
  return `${files === 1 ? "1 file" : `${files.toLocaleString("en-US")} files`} of predictions left out`;
}

function slashed(path: string): string {
  return path.replaceAll(sep, "/");
}
