// Recordings through a running gateway: the calibration of its champion month by month, as its answer on quality says.
import { tickJson } from "../gateway-client/tick-json.ts";
import { startProgress } from "../command-line/progress.ts";
import { readModelFolder } from "../feeds/parity/model-folder.ts";
import { ParityGateway } from "../feeds/parity/parity-gateway.ts";
import { placeModels } from "../feeds/parity/place-models.ts";
import { readTickFiles } from "../recordings/tick-files.ts";
import type { EngineConfig } from "../src/features/feature-engine.ts";
import type { SymbolQualityAnswer } from "../src/http/quality-schema.ts";

const BATCH_TICKS = 1000;

/** Replays the files, then prints each symbol's months. @param models folders; without them the bundled models. */
export async function ofRecordings(
  files: readonly string[],
  models: readonly string[],
  config: EngineConfig,
): Promise<void> {
  const { ticks } = await readTickFiles(files, { stepMs: config.grid.stepMs });
  const artifacts = await Promise.all(models.map(readModelFolder));
  const placed = placeModels(artifacts, config);
  const progress = startProgress({ label: "replaying", total: ticks.length, unit: "ticks", withoutTerminal: "lines" });
  const { signal } = new AbortController();
  const gateway = await ParityGateway.start({ config, grids: [] }, artifacts, (line) => console.error(line), signal);
  try {
    await gateway.ready();
    await gateway.place(placed, undefined);
    for (let from = 0; from < ticks.length; from += BATCH_TICKS) {
      const body = JSON.stringify(ticks.slice(from, from + BATCH_TICKS).map(tickJson));
      const headers = { "Content-Type": "application/json" };
      await answered(await fetch(`${gateway.baseUrl}/ingest`, { method: "POST", headers, body }));
      progress.update(Math.min(ticks.length, from + BATCH_TICKS));
    }
    for (const symbol of new Set(ticks.map((tick) => tick.symbol))) {
      const url = `${gateway.baseUrl}/symbols/${encodeURIComponent(symbol)}/quality?window=30d`;
      print(symbol, (await answered(await fetch(url))) as SymbolQualityAnswer);
    }
  } finally {
    progress.stop();
    await gateway.stop();
  }
}

async function answered(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.url}: got ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

const KINDS = ["raw", "recalibrated", "served"] as const;

function print(symbol: string, { recalibrations }: SymbolQualityAnswer): void {
  for (const { model, state, months, changes } of recalibrations) {
    const told = changes.map(({ step, to, e_value: e }) => `${to} from step ${step} (e = ${e.toFixed(1)})`).join(", ");
    console.log(`\n${symbol}, ${model.aliases.join(" and ")} ${model.name ?? ""}: ${state}; ${told || "no change"}`);
    console.log("month     rows     spikes   ECE: raw  recalibrated  served   Brier skill: raw  recalibrated  served");
    for (const month of months) {
      const eces = KINDS.map((kind) => month[kind].ece.toFixed(4).padEnd(11)).join("");
      const skills = KINDS.map((kind) => (month[kind].brier_skill?.toFixed(4) ?? "none").padEnd(11)).join("");
      const { rows, spikes } = month.raw;
      console.log(`${month.month}   ${String(rows).padEnd(8)} ${String(spikes).padEnd(8)} ${eces}           ${skills}`);
    }
  }
}
