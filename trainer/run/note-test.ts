// A run's look at its test rows, as later runs will count it.
import type { RunReport } from "./run-report.ts";
import { logTest } from "./test-log.ts";

/** Logs a look at test rows. Call it before anything else is written: whoever has seen the figures has looked. */
export async function noteTest(
  { dataFingerprint, folds, settings, chosen, codeCommit: commit }: RunReport,
  { out, startedMs }: { readonly out: string; readonly startedMs: number },
  say: (line: string) => void,
): Promise<void> {
  const failure = await logTest(out, {
    createdAt: new Date(startedMs).toISOString(),
    dataFingerprint,
    testFromMs: folds[0]!.testFromMs,
    testToMs: folds.at(-1)!.testToMs,
    label: settings["label"] ?? "",
    chosen: chosen.refitted,
    codeCommit: commit,
  });
  if (failure !== undefined) say(`WARNING: ${failure}.`);
}
