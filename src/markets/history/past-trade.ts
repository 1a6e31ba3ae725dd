// A trade of the past, as the venues' readers give it.
import type { TickInput } from "../../features/tick-fields.ts";

/** A trade of the past. */
export interface PastTrade {
  /** The venue's number or name of the trade; the same trade has it in every page. */
  readonly id: string;
  readonly tsMs: number;
  /** As `parseTick` takes it, without symbol and venue. */
  readonly input: Omit<TickInput, "symbol">;
}
