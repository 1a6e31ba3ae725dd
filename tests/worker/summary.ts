import { type Answer, fetchJson } from "./gateway.ts";

/** What a symbol knows of itself, without its name and what is allowed to change when it comes back. */
export async function summaryOf(symbol: string): Promise<Answer["body"]> {
  const { body } = await fetchJson(`/symbols/${symbol}`);
  return { ...body, symbol: null, recovery: null, storage_bytes: null, prediction_id: body.prediction_id?.length };
}
