// What the gateway answers, as the views see it: the types of the contracts' schemas.
import type { InferOutput } from "valibot";
import type { overviewContract, OverviewRowAnswer } from "../../src/http/overview-schema.ts";
import type { symbolHistorySchema } from "../../src/http/symbol-history-schema.ts";

/** One symbol of `GET /overview`. Numbers are null when unknown. */
export type OverviewRow = OverviewRowAnswer;
export type SymbolState = OverviewRow["state"];
export type OverviewAnswer = InferOutput<(typeof overviewContract)["answer"]["schema"]>;
export type HistoryAnswer = InferOutput<typeof symbolHistorySchema>;

export interface ExplanationAnswer {
  readonly symbol: string;
  readonly ts: number;
  readonly prediction_id: string | null;
  readonly probability: number | null;
  readonly threshold: number | null;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
    readonly evidence: string;
  } | null;
  readonly method: string;
  readonly features: readonly {
    readonly name: string;
    readonly value: number | null;
    readonly reference: number | null;
    readonly contribution: number | null;
  }[];
  readonly missing: readonly string[];
}
