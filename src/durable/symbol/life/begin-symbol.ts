// How a symbol without a database begins: from its archive if it has one. It is new, or its database is gone.
import type { EngineConfig } from "../../../features/feature-engine.ts";
import { logError } from "../../../log.ts";
import { archiveOf, type Env } from "../../../settings.ts";
import type { DirectoryEntry } from "../../directory/object.ts";
import { type ArchivedHistory, readArchivedHistory } from "../archive/archived-history.ts";
import type { History, SymbolStores } from "../engine.ts";
import { createSymbol, type LiveSymbol, symbolAfterHistory } from "../live-symbol.ts";
import { sendNotice } from "../send-notice.ts";
import type { SymbolCounters } from "../symbol-counters.ts";

/** A symbol is created soon after the directory has its name. */
const YOUNG_MS = 60_000;

/** `undefined` without a bucket, and for a symbol that has no archive. See `readArchivedHistory`. */
export async function historyOf(
  env: Env,
  symbol: string,
  config: EngineConfig,
  archivedSeq?: number,
): Promise<ArchivedHistory | undefined> {
  const bucket = archiveOf(env);
  return bucket === undefined ? undefined : await readArchivedHistory(bucket, symbol, config, archivedSeq);
}

/**
 * The history of a symbol that the directory knows. Sends a notice if its database must be lost: it had stored a batch,
 * or it is not young and has an archive. Throws if the archive of such a symbol cannot be read.
 */
export async function historyToBegin(
  env: Env,
  symbol: string,
  config: EngineConfig,
  { sinceMs, isCreated }: DirectoryEntry,
): Promise<ArchivedHistory | undefined> {
  if (!isCreated && Date.now() - sinceMs <= YOUNG_MS) {
    return await historyOf(env, symbol, config).catch((error: unknown) => {
      logError("archive_not_read", { symbol, error: String(error) });
      return undefined;
    });
  }
  const history = await historyOf(env, symbol, config);
  if (!isCreated && history === undefined) return undefined;
  const taken =
    history === undefined ? "it begins anew" : `its windows come from ${history.ticks} ticks of the archive`;
  await noteDatabaseLost(env, symbol, taken);
  return history;
}

/** @param taken what it begins with instead. */
export async function noteDatabaseLost(env: Env, symbol: string, taken: string): Promise<void> {
  const message = `the directory knows it and its database is empty: ${taken}; what was not archived is lost`;
  await sendNotice(env, symbol, "database_lost", message);
}

export function beginSymbol(
  name: string,
  config: EngineConfig,
  history: ArchivedHistory | undefined,
  stores: SymbolStores,
  counters: SymbolCounters,
): LiveSymbol {
  if (history === undefined) return createSymbol(name, config, stores, counters);
  const { features, ticks, fromMs, throughSeq, steps } = history;
  const warm = { source: "archive", steps: features.stepsClosed, ticks, fromMs, toMs: features.watermarkMs };
  const reason = `no database; ${ticks} ticks of the archive`;
  const begun: History = { features, throughSeq, warm, steps, how: "rebuilt", reason };
  return symbolAfterHistory(name, config, begun, stores, counters);
}
