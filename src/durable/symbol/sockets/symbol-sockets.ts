// The sockets that bring a symbol its ticks directly: its object holds them, and its batches go nowhere else.
import { deliverHere } from "../../../clients/deliver-batch.ts";
import { TickSockets } from "../../../frames/tick-sockets.ts";
import type { Env } from "../../../settings.ts";
import type { BatchAnswer, IngestBatch } from "../pipeline.ts";

/** @param take applies batches durably, in their order. */
export function symbolSockets(
  ctx: DurableObjectState,
  env: Env,
  take: (batches: readonly IngestBatch[]) => Promise<readonly BatchAnswer[]>,
): TickSockets {
  return new TickSockets(ctx, { env, deliver: (batches) => deliverHere(env, batches, { way: "socket", take }) });
}
