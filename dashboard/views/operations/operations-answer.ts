// What the gateway answers of its operation, in the parts that the view shows.
import type { OperationsAnswer } from "../../../src/http/operations-schema.ts";

export type Operations = OperationsAnswer;
export type Part = "health" | "ingest" | "latency" | "feeds" | "alerts" | "archive" | "changes" | "reports";
export type Health = NonNullable<Operations["health"]>;
export type Ingest = NonNullable<Operations["ingest"]>;
export type Latency = NonNullable<Operations["latency"]>;
export type Feed = NonNullable<Operations["feeds"]>[number];
export type Alerts = NonNullable<Operations["alerts"]>;
export type Archive = NonNullable<Operations["archive"]>;
export type Report = NonNullable<Operations["reports"]>[number];

/** Why a part could not be read. */
export function unknownReason({ unknown }: Operations, part: Part): string {
  return unknown.find((one) => one.part === part)?.reason ?? "no reason is known";
}
