// POST /feedback: what really happened, told by whoever knows better than the ticks, by the id of a prediction.
import { Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import type { FeedbackOutcome } from "../durable/symbol/evaluation/feedback-store.ts";
import { check } from "../schemas/check.ts";
import type { AppEnv } from "./app-env.ts";
import { authorize } from "./authorize.ts";
import { feedbackContract, labelInput, type LabelResult, MAX_LABELS, type PredictionId } from "./feedback-schema.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { sendAnswer } from "./read-request.ts";
import { logError } from "../log.ts";
import { symbolOf } from "../clients/symbols.ts";

/** What a refused label is told, in words. */
const REFUSALS: Readonly<Record<Exclude<FeedbackOutcome, "accepted" | "duplicate">, string>> = {
  conflict: "another label was told for this prediction before; the first one stands",
  unknown_model: "no model of this prediction is followed for the symbol, or not any more",
  no_prediction: "no prediction was made at that step by that model",
  expired: "the prediction is older than what is kept: 24 h of steps",
};

interface ParsedLabel extends PredictionId {
  /** Its place in the request. */
  readonly index: number;
  readonly label: 0 | 1;
}

export const feedback = new Hono<AppEnv>()
  .use(feedbackContract.path, authorize("ingestToken"))
  .post(feedbackContract.path, async (c) => {
    const body = await readJson(c.req.raw, feedbackContract.body.limits);
    const items: readonly unknown[] = Array.isArray(body) ? body : [body];
    if (items.length > MAX_LABELS) {
      throw new Problem("too_many_labels", `body: got ${items.length} labels, expected at most ${MAX_LABELS}`);
    }
    const answers = new Array<LabelResult>(items.length);
    const bySymbol = new Map<string, ParsedLabel[]>();
    items.forEach((item, index) => {
      const parsed = parseLabel(item, index);
      if ("outcome" in parsed) answers[index] = parsed;
      else bySymbol.set(parsed.symbol, [...(bySymbol.get(parsed.symbol) ?? []), parsed]);
    });
    await Promise.all(
      [...bySymbol].map(async ([symbol, labels]) => {
        for (const [i, outcome] of (await tell(c.env, symbol, labels)).entries()) {
          const { index, id } = labels[i]!;
          answers[index] = answerOf(id, outcome);
        }
      }),
    );
    const count = (outcome: LabelResult["outcome"]): number =>
      answers.filter((answer) => answer.outcome === outcome).length;
    const [accepted, duplicate] = [count("accepted"), count("duplicate")];
    const totals = { accepted, duplicate, refused: answers.length - accepted - duplicate };
    const extra = { ...totals, results: answers };
    if (count("failed") > 0) {
      const detail = `${count("failed")} labels: not kept; send the whole request again`;
      throw new Problem("partly_failed", detail, { headers: { "Retry-After": "1" }, extra });
    }
    if (totals.refused === answers.length && answers.length > 0) {
      throw new Problem("no_valid_label", "every label was refused: see results", { extra });
    }
    return sendAnswer(c, feedbackContract, extra);
  });

async function tell(
  env: AppEnv["Bindings"],
  symbol: string,
  labels: readonly ParsedLabel[],
): Promise<LabelResult["outcome"][]> {
  try {
    if (!(await symbolExists(env, symbol))) return labels.map(() => "unknown_symbol");
    const stub = symbolOf(env, symbol);
    return await stub.feedback(labels.map(({ step, sha12, label }) => ({ step, sha12, label })));
  } catch (error) {
    // What other symbols were told stands; this part is told again by the caller, which changes nothing where it had
    // arrived.
    logError("feedback_failed", { symbol, error: String(error) });
    return labels.map(() => "failed");
  }
}

function answerOf(id: string, outcome: LabelResult["outcome"]): LabelResult {
  if (outcome === "unknown_symbol") return { prediction_id: id, outcome, detail: "the symbol has received no tick" };
  if (outcome === "failed") return { prediction_id: id, outcome, detail: "not kept; send it again" };
  const detail = REFUSALS[outcome as keyof typeof REFUSALS] as string | undefined;
  return { prediction_id: id, outcome, ...(detail === undefined ? {} : { detail }) };
}

function parseLabel(item: unknown, index: number): ParsedLabel | LabelResult {
  const result = check(labelInput, item, "");
  if (result.ok) return { index, ...result.value.prediction_id, label: Number(result.value.label) === 1 ? 1 : 0 };
  const { field, got, expected } = result.fault;
  const detail = `[${index}]${field === "" ? "" : `.${field}`}: got ${got}, expected ${expected}`;
  return { prediction_id: field === "label" ? idOf(item) : null, outcome: "malformed", detail };
}

function idOf(item: unknown): string | null {
  const isObject = typeof item === "object" && item !== null && "prediction_id" in item;
  return isObject && typeof item.prediction_id === "string" ? item.prediction_id : null;
}
