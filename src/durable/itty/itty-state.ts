// What itty-durable keeps of an object: the platform's state, with the environment added. Its own types leave it empty.
import { sendCounts } from "../../clients/metrics.ts";
import type { Env } from "../../settings.ts";

export interface IttyState {
  readonly storage: DurableObjectStorage;
  readonly env: Env;
  initialized: boolean;
  waitUntil(work: Promise<unknown>): void;
}

/** Sends what the object's isolate has counted, if that is due, after the answer. */
export function sendObjectCounts(state: IttyState): void {
  state.waitUntil(sendCounts(state.env, "object"));
}
