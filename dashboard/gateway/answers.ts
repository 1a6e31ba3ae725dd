// What the gateway answers, as the views see it: the types of the contracts' schemas.
import type { InferOutput } from "valibot";
import type { explanationContract } from "../../src/http/explanation-schema.ts";
import type { versionContract } from "../../src/http/health-schema.ts";
import type { overviewContract, OverviewRowAnswer } from "../../src/http/overview-schema.ts";
import type { symbolHistorySchema } from "../../src/http/symbol-history-schema.ts";

/** One symbol of `GET /overview`. Numbers are null when unknown. */
export type OverviewRow = OverviewRowAnswer;
export type SymbolState = OverviewRow["state"];
export type OverviewAnswer = InferOutput<(typeof overviewContract)["answer"]["schema"]>;
export type HistoryAnswer = InferOutput<typeof symbolHistorySchema>;

export type ExplanationAnswer = InferOutput<(typeof explanationContract)["answer"]["schema"]>;
export type VersionAnswer = InferOutput<(typeof versionContract)["answer"]["schema"]>;
