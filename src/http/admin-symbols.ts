// /admin/symbols: removes a symbol with all that belongs to it, or makes it again from its archive.
import { Hono } from "hono";
import { alertsOf } from "../clients/alerts.ts";
import { addSymbol, removeSymbol } from "../clients/directory.ts";
import { registryOf } from "../clients/registry.ts";
import { askSymbol, type SymbolStub } from "../clients/symbols.ts";
import { archiveFolder, GRID_FOLDER, tickFolders } from "../features/archive-key.ts";
import { completeLabelSpec } from "../features/complete-label-spec.ts";
import { type LabelSpec, labelSpecText } from "../features/label-spec.ts";
import { archiveOf, type Env, settingsOf } from "../settings.ts";
import { recreateSymbolContract, removeSymbolContract } from "./admin-symbols-schema.ts";
import type { RecreationOutcome, RecreationRefusal, RemovalOutcome } from "../durable/symbol/life/removal.ts";
import type { AppEnv } from "./app-env.ts";
import { changeCause } from "./change-cause.ts";
import { Problem } from "./problem.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

/**
 * Limit of a call that writes all that waits to the archive and may read it again, ms: an object that hangs is given up
 * after 30 s, the look for it after 30 s more, the reading after 20 s, and another one may be under way.
 */
const WHOLE_ARCHIVE_MS = 180_000;

export const adminSymbols = new Hono<AppEnv>()
  .delete(removeSymbolContract.path, async (c) => {
    const { params, body } = await readRequest(c, removeSymbolContract);
    const { symbol } = params;
    const { archive = false } = body;
    // First the name: a batch that comes between the two puts it back, and an object without a name would be lost.
    let existed = await removeSymbol(c.env, symbol);
    try {
      const ask = async (stub: SymbolStub): Promise<RemovalOutcome> => await stub.remove(!archive);
      const outcome = await askSymbol(c.env, symbol, ask, WHOLE_ARCHIVE_MS);
      if (!outcome.ok) throw refusal(outcome.code, symbol);
      existed ||= outcome.existed;
      const ended = await alertsOf(c.env).endAll(symbol);
      existed ||= ended.length > 0;
      const registry = registryOf(c.env);
      const { removed } = await registry.removeNotices({ symbol });
      existed ||= removed > 0;
      const deleted = archive ? await deleteArchive(c.env, symbol) : 0;
      existed ||= deleted > 0;
      if (!existed) throw unknownSymbol(symbol);
      await registry.recordSymbol(symbol, null, changeCause(body, "admin", Date.now()));
      const answer = { symbol: symbolAsAsked(c, symbol), alerts_ended: ended.length, archive_objects_deleted: deleted };
      return sendAnswer(c, removeSymbolContract, answer);
    } catch (error) {
      // The name goes last: what failed half-way is still listed, and the same request finishes it.
      if (existed) await addSymbol(c.env, symbol);
      throw error;
    }
  })
  .post(recreateSymbolContract.path, async (c) => {
    const { params, body } = await readRequest(c, recreateSymbolContract);
    const { symbol } = params;
    const wanted = body.label === undefined ? undefined : labelOf(c.env, body.label);
    const ask = async (stub: SymbolStub): Promise<RecreationOutcome> => await stub.recreate(wanted);
    const outcome = await askSymbol(c.env, symbol, ask, WHOLE_ARCHIVE_MS);
    if (!outcome.ok) throw refusal(outcome.code, symbol);
    await alertsOf(c.env).endAll(symbol);
    const { before, label, stepMs, ticks, thresholdValues } = outcome;
    const [from, to] = [before, label].map((spec) => `${symbol} ${labelSpecText(spec)}`);
    await registryOf(c.env).recordSymbol(from!, to!, changeCause(body, "admin", Date.now()));
    const name = symbolAsAsked(c, symbol);
    const answer = {
      symbol: name,
      label,
      step_ms: stepMs,
      ticks_from_archive: ticks,
      threshold_values: thresholdValues,
    };
    return sendAnswer(c, recreateSymbolContract, answer);
  });

function labelOf(env: Env, given: unknown): LabelSpec {
  const refuse = (text: string): Problem => new Problem("label_malformed", text);
  return completeLabelSpec(given, settingsOf(env).engine.grid, { name: "label", refuse });
}

function refusal(code: RecreationRefusal, symbol: string): Problem {
  if (code === "unknown_symbol") return unknownSymbol(symbol);
  if (code === "no_archive") return new Problem(code, `${symbol}: nothing is archived, so it cannot be made again`);
  if (code === "champion_unknown") {
    const detail = `${symbol}: the model that serves is not known yet, so its label would be a guess`;
    return new Problem(code, detail, { headers: { "Retry-After": "1" } });
  }
  const detail = `${symbol}: ticks that wait for the archive could not be written to it; nothing was changed`;
  return new Problem(code, detail, { headers: { "Retry-After": "5" } });
}

/** Deletes a symbol's archive. Returns how many objects it had. */
async function deleteArchive(env: Env, symbol: string): Promise<number> {
  const bucket = archiveOf(env);
  if (bucket === undefined) return 0;
  let deleted = 0;
  const byGrid = (await gridsInArchive(bucket)).map((grid) => archiveFolder("predictions", symbol, grid));
  for (const prefix of [...tickFolders(symbol), archiveFolder("predictions", symbol), ...byGrid]) {
    for (;;) {
      const { objects } = await bucket.list({ prefix });
      if (objects.length === 0) break;
      await bucket.delete(objects.map(({ key }) => key));
      deleted += objects.length;
    }
  }
  return deleted;
}

/** The grids that have archived predictions, those that the gateway does not have any more too. */
async function gridsInArchive(bucket: R2Bucket): Promise<string[]> {
  const { delimitedPrefixes } = await bucket.list({ prefix: GRID_FOLDER, delimiter: "/" });
  return delimitedPrefixes.map((folder) => folder.slice(GRID_FOLDER.length, -1));
}
