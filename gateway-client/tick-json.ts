// A tick as the JSON of the ingest API.
import type { Tick } from "../src/features/tick.ts";
import { FLOW_FIELDS } from "../src/features/trade-flow.ts";

const OPTIONAL = ["price", "bid", "ask", "bidSize", "askSize", "size"] as const;

/**
 * `{symbol, ts, price, …}` without the fields that are missing (`NaN`). A hashed id, which is negative, is sent as
 * text: the gateway hashes it once more, so equal ids stay equal and different ones different.
 */
export function tickJson(tick: Tick): Record<string, string | number> {
  const json: Record<string, string | number> = { symbol: tick.symbol, ts: tick.tsMs };
  for (const field of OPTIONAL) {
    if (!Number.isNaN(tick[field])) json[field] = tick[field];
  }
  for (const field of tick.flow === undefined ? [] : FLOW_FIELDS) {
    if (!Number.isNaN(tick.flow![field])) json[field] = tick.flow![field];
  }
  if (!Number.isNaN(tick.id)) json["id"] = tick.id < 0 ? String(tick.id) : tick.id;
  return json;
}
