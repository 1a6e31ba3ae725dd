// The records of symbols as lines for people.
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import { ALL_DECIDED, minRows } from "../../src/quality/promotion/sequential-blocks.ts";
import { type PromotionVerdict, promotionVerdict } from "../../src/quality/promotion/sequential-evidence.ts";
import { BLOCK_STEPS } from "../../src/quality/step-ring.ts";
import type { SymbolRecord } from "./symbol-record.ts";

const HEAD = ["symbol", "blocks", "rows", "episodes", "mean gain of a row, 95 %", "e", "from", "to"];

/** A line for each symbol below a head. */
export function recordTable(records: readonly SymbolRecord[], engine: EngineConfig): string[] {
  const rows = [HEAD, ...records.map((record) => cellsOf(record, engine))];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

/**
 * The verdict over all symbols, as the gateway's rule pools them; without its live blocks.
 * @param tries which comparison with this champion it is.
 */
export function pooledLine(records: readonly SymbolRecord[], engine: EngineConfig, tries: number): string {
  const { eValue, blocks, episodes, verdict, missing } = verdictOf(records, engine, tries);
  const words = verdict === "promote" ? "promote" : `wait: ${missing.join("; ")}`;
  return `pooled: e ${eText(eValue)} after ${blocks} blocks with ${episodes} episodes: ${words}`;
}

function cellsOf(record: SymbolRecord, engine: EngineConfig): string[] {
  const { symbol, blocks } = record;
  const { rows, episodes, meanGain, eValue } = verdictOf([record], engine);
  const gain =
    meanGain === null ? "–" : `${meanGain.value.toFixed(5)} [${meanGain.low.toFixed(5)}, ${meanGain.high.toFixed(5)}]`;
  const time = (block: number | undefined): string =>
    block === undefined ? "–" : new Date(block * BLOCK_STEPS * engine.grid.stepMs).toISOString().slice(0, 16);
  const last = blocks.at(-1)?.block;
  const span = [time(blocks[0]?.block), time(last === undefined ? undefined : last + 1)];
  return [symbol, String(blocks.length), String(rows), String(episodes), gain, eText(eValue), ...span];
}

function verdictOf(records: readonly SymbolRecord[], { label }: EngineConfig, tries = 1): PromotionVerdict {
  const rule = { lagBlocks: ALL_DECIDED, minRows: minRows(label.horizonSteps) };
  return promotionVerdict(
    records.map(({ blocks }) => blocks),
    rule,
    tries,
  );
}

function eText(eValue: number): string {
  return eValue >= 1e6 ? eValue.toExponential(1) : eValue.toPrecision(3);
}
