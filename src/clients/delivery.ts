// What became of one symbol's batch.
import type { BatchAnswer } from "../durable/symbol/pipeline.ts";
import type { LabelsOf } from "../metrics.ts";
import type { AdmissionRefusal } from "./directory.ts";

/** How a batch came. */
export type Way = LabelsOf<"volgate_ingest_ticks_total">["way"];

/** Why nothing of a batch was taken, though its symbol may exist. */
type DeliveryFailure = Exclude<NonNullable<BatchAnswer["refused"]>, "not_created"> | "symbol_failed" | "symbol_timeout";

export type Delivery =
  | { readonly kind: "taken"; readonly answer: BatchAnswer }
  | { readonly kind: "failed"; readonly code: DeliveryFailure }
  /** There is no such symbol, and it may not be created. */
  | { readonly kind: "not_admitted"; readonly reason: AdmissionRefusal };
