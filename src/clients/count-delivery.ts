// Counts what became of a symbol's batch, whichever way it came.
import {
  ingestBatches,
  ingestFailures,
  ingestTicks,
  rejectedTicks,
  sequenceRefusals,
} from "../counting/isolate-counters.ts";
import type { LabelsOf } from "../metrics.ts";
import type { Delivery, Way } from "./delivery.ts";

/** @param ticks of the batch. */
export function countDelivery(way: Way, ticks: number, delivery: Delivery): void {
  const count = (outcome: LabelsOf<"volgate_ingest_ticks_total">["outcome"], by: number): void => {
    if (by > 0) ingestTicks.inc({ way, outcome }, by);
  };
  const reject = (reason: string, by: number): void => {
    count("rejected", by);
    if (by > 0) rejectedTicks.inc({ way, reason }, by);
  };
  if (delivery.kind === "taken") {
    const { answer } = delivery;
    ingestBatches.inc({ way, outcome: "taken" });
    count("accepted", answer.accepted + answer.released);
    count("duplicate", answer.duplicate);
    count("late", answer.late);
    count("held", answer.held);
    reject("ts_outlier", answer.outlier + answer.givenUp);
    reject("price_outlier", answer.priceOutlier + answer.priceGivenUp);
  } else if (delivery.kind === "not_admitted") {
    ingestBatches.inc({ way, outcome: "refused" });
    reject(delivery.reason, ticks);
  } else {
    countFailure(way, delivery.code);
    count("failed", ticks);
  }
}

function countFailure(way: Way, code: Extract<Delivery, { kind: "failed" }>["code"]): void {
  const isSenders = code === "sequence_conflict" || code === "sequence_too_old" || code === "trace_too_large";
  ingestBatches.inc({ way, outcome: isSenders ? "refused" : "failed" });
  if (!isSenders) ingestFailures.inc({ way, code });
  else if (code !== "trace_too_large") sequenceRefusals.inc({ code });
}
