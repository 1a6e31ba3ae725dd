// The sockets that bring a symbol its ticks directly: its object holds them, and its batches go nowhere else.
import { deliverHere } from "../../../clients/deliver-batch.ts";
import { TickSockets } from "../../../frames/tick-sockets.ts";
import type { Env } from "../../../settings.ts";
import type { BatchAnswer, IngestBatch } from "../pipeline.ts";

/** @param take applies a batch durably. */
export function symbolSockets(
  ctx: DurableObjectState,
  env: Env,
  take: (batch: IngestBatch) => Promise<BatchAnswer>,
): TickSockets {
  return new TickSockets(ctx, { env, deliver: (batch) => deliverHere(env, batch, { way: "socket", take }) });
}
