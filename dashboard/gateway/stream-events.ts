// What of the gateway's stream the page shows: see docs/stream.md.
import type { InferOutput } from "valibot";
import type {
  alertEventSchema,
  helloEventSchema,
  labelEventSchema,
  predictionEventSchema,
} from "../../src/http/stream-schema.ts";

export type PredictionEvent = Omit<InferOutput<typeof predictionEventSchema>, "id" | "step" | "horizon_s">;
export type LabelEvent = Pick<
  InferOutput<typeof labelEventSchema>,
  "type" | "symbol" | "label" | "resolved_ts" | "cursor"
>;
export type AlertEvent = InferOutput<typeof alertEventSchema>;

interface GapEvent {
  readonly type: "gap";
  readonly cursor: string;
}

export type StreamEvent =
  | PredictionEvent
  | LabelEvent
  | AlertEvent
  | GapEvent
  | Pick<InferOutput<typeof helloEventSchema>, "type" | "symbols" | "cursor">;
