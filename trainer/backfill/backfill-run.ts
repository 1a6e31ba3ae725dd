// What `npm run model -- backfill` does: finds the pair, replays each symbol's archive, prints, and sends.
import { EXIT } from "../../command-line/exit-code.ts";
import { startProgress } from "../../command-line/progress.ts";
import { UserError } from "../../command-line/user-error.ts";
import { parseGridName } from "../../src/features/grid-name.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { neededEValue } from "../../src/quality/evidence/needed-e-value.ts";
import { trainedThrough } from "../../src/quality/promotion/trained-through.ts";
import { BLOCK_STEPS } from "../../src/quality/step-ring.ts";
import { publishTarget } from "../publish/publish-target.ts";
import type { BackfillOptions } from "./backfill-options.ts";
import { type ComparedPair, comparedPair } from "./compared-pair.ts";
import { pooledLine, recordTable } from "./record-table.ts";
import { engineOf, loadPair, type LoadedPair, readPair } from "./pair-models.ts";
import { sendRecords } from "./send-records.ts";
import { archivedSymbols, type RecordPlan, type SymbolRecord, symbolRecord } from "./symbol-record.ts";

const DEFAULT_STEP_MS = 1000;

/**
 * Replays, prints, and sends unless it is a dry run; returns the exit code.
 * @throws UserError, UnreadableFileError, BucketError, GatewayError and GatewayRefusal before anything is sent.
 */
export async function backfillRun(
  options: BackfillOptions,
  { adminToken, print }: { readonly adminToken: string | undefined; readonly print: (line: string) => void },
): Promise<number> {
  const { gateway, grid, to, persist, from } = options;
  const pair = await comparedPair(options, adminToken);
  const artifacts = await publishTarget({ to, persist }).read(async (bucket) => await readPair(bucket, pair));
  const { champion, challenger } = artifacts;
  const named = grid === undefined ? undefined : parseGridName(grid);
  const engine = engineOf(artifacts, options.step ?? named?.stepMs ?? DEFAULT_STEP_MS);
  const fromBlock = firstBlock(options.sinceMs, challenger.manifest, engine.grid.stepMs);
  print(`experiment ${pair.id}: ${nameOf(champion.manifest)} against ${nameOf(challenger.manifest)}`);
  print(`comparison ${pair.tries} with this champion: it needs an e value of ${neededEValue(pair.tries)}`);
  const symbols = options.symbols ?? (await archivedSymbols(from, persist));
  if (symbols.length === 0) throw new UserError(`${from.join(" ")}: names no symbol; see --symbol`);
  const readFromMs =
    options.warmUpMs === undefined ? undefined : fromBlock * BLOCK_STEPS * engine.grid.stepMs - options.warmUpMs;
  const { recalibrates } = pair;
  const startedMs = performance.now();
  const loaded = await loadPair(artifacts);
  const records = await allRecords(
    symbols,
    loaded,
    { from, persist, engine, fromBlock, readFromMs, recalibrates },
    pair,
  );
  const seconds = (performance.now() - startedMs) / 1000;
  recordTable(records, engine).forEach(print);
  print(pooledLine(records, engine, pair.tries));
  const ticks = records.reduce((sum, record) => sum + record.ticks, 0);
  print(`${ticks} ticks in ${seconds.toFixed(1)} s, ${Math.round(ticks / seconds)} ticks/s`);
  const { toMs } = champion.manifest.training;
  if (fromBlock * BLOCK_STEPS * engine.grid.stepMs < toMs) {
    print(`the champion was trained until ${new Date(toMs).toISOString()}, on some of this: it favours the champion`);
  }
  if (options.isDryRun) {
    print("nothing sent: --dry-run. What is looked at and not sent is a try that nobody counts");
    return EXIT.done;
  }
  const address = { gateway, grid, token: adminToken };
  return await sendRecords(address, pair, records, { by: options.by, reason: options.reason, print });
}

/** The first block that begins at `sinceMs` or later and that the challenger cannot know. */
function firstBlock(sinceMs: number, challenger: Manifest, stepMs: number): number {
  return Math.max(Math.ceil(sinceMs / stepMs / BLOCK_STEPS), trainedThrough(challenger, stepMs) + 1);
}

async function allRecords(
  symbols: readonly string[],
  pair: LoadedPair,
  plan: Omit<RecordPlan, "onProgress">,
  { archiveToMs }: ComparedPair,
): Promise<readonly SymbolRecord[]> {
  const progress = startProgress({ label: "replaying", total: 1, unit: "bytes", withoutTerminal: "lines" });
  const records: SymbolRecord[] = [];
  try {
    for (const [i, symbol] of symbols.entries()) {
      const unit = `bytes of ${symbol} (${i + 1} of ${symbols.length})`;
      const onProgress = (done: number, total: number): void => progress.update(done, { total, unit });
      const record = await symbolRecord(symbol, pair, { ...plan, onProgress });
      records.push(beforeLive(record, archiveToMs.get(symbol), plan.engine.grid.stepMs));
    }
  } finally {
    progress.stop();
    for (const { session } of [pair.champion, pair.challenger]) await session.release();
  }
  return records;
}

/** Without the blocks that only live ones count for. */
function beforeLive(record: SymbolRecord, endMs: number | undefined, stepMs: number): SymbolRecord {
  if (endMs === undefined) return record;
  return { ...record, blocks: record.blocks.filter(({ block }) => (block + 1) * BLOCK_STEPS * stepMs <= endMs) };
}

function nameOf({ name, version, onnxSha256 }: Manifest): string {
  return `${name} ${version} (${onnxSha256.slice(0, 12)})`;
}
