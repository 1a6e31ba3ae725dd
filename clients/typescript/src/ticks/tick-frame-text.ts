// Ticks as the JSON of `POST /ingest` and of text frames.
import type { SentTick } from "./tick-sender-options.ts";

/** A JSON array. JSON has no infinite number: as a text the gateway refuses it and says why. NaN is an absent field. */
export function ticksJson(ticks: readonly SentTick[]): string {
  return JSON.stringify(ticks, (_, value: unknown) => {
    if (typeof value === "bigint") return String(value);
    return value === Infinity || value === -Infinity ? String(value) : value;
  });
}

/** A text frame, see docs/sockets.md. */
export function textFrame(seq: number, ticks: readonly SentTick[]): string {
  return `{"seq":${seq},"ticks":${ticksJson(ticks)}}`;
}
