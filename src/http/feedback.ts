// POST /feedback: what really happened, told by whoever knows better than the ticks, by the id of a prediction.
import { Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import type { FeedbackOutcome } from "../durable/symbol/evaluation/feedback-store.ts";
import { parseSymbol } from "../features/tick.ts";
import type { AppEnv } from "./app-env.ts";
import { authorize } from "./authorize.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { shown } from "../shown.ts";
import { logError } from "../log.ts";
import { symbolOf } from "../clients/symbols.ts";

/** Labels of one request at most. */
const MAX_LABELS = 1000;

/** What a refused label is told, in words. */
const REFUSALS: Readonly<Record<Exclude<FeedbackOutcome, "accepted" | "duplicate">, string>> = {
  conflict: "another label was told for this prediction before; the first one stands",
  unknown_model: "no model of this prediction is followed for the symbol, or not any more",
  no_prediction: "no prediction was made at that step by that model",
  expired: "the prediction is older than what is kept: 24 h of steps",
};

interface ParsedLabel {
  readonly index: number;
  readonly id: string;
  readonly symbol: string;
  readonly step: number;
  readonly sha12: string;
  readonly label: 0 | 1;
}

interface Answer {
  readonly prediction_id: string | null;
  readonly outcome: FeedbackOutcome | "malformed" | "unknown_symbol" | "failed";
  readonly detail?: string;
}

export const feedback = new Hono<AppEnv>().use("/feedback", authorize("ingestToken")).post("/feedback", async (c) => {
  const body = await readJson(c.req.raw);
  const items: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (items.length > MAX_LABELS) {
    throw new Problem(413, "too_many_labels", `body: got ${items.length} labels, expected at most ${MAX_LABELS}`);
  }
  const answers = new Array<Answer>(items.length);
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
  const count = (outcome: Answer["outcome"]): number => answers.filter((answer) => answer.outcome === outcome).length;
  const [accepted, duplicate] = [count("accepted"), count("duplicate")];
  const totals = { accepted, duplicate, refused: answers.length - accepted - duplicate };
  const extra = { ...totals, results: answers };
  if (count("failed") > 0) {
    const detail = `${count("failed")} labels: not kept; send the whole request again`;
    throw new Problem(503, "partly_failed", detail, { headers: { "Retry-After": "1" }, extra });
  }
  if (totals.refused === answers.length && answers.length > 0) {
    throw new Problem(422, "no_valid_label", "every label was refused: see results", { extra });
  }
  return c.json(extra);
});

async function tell(
  env: AppEnv["Bindings"],
  symbol: string,
  labels: readonly ParsedLabel[],
): Promise<Answer["outcome"][]> {
  try {
    if (!(await symbolExists(env, symbol))) return labels.map(() => "unknown_symbol");
    const stub = symbolOf(env, symbol);
    return await stub.feedback(labels.map(({ step, sha12, label }) => ({ step, sha12, label })));
  } catch (error) {
    // What other symbols were told stands; this part is told again by the caller, which changes nothing where it had arrived.
    logError("feedback_failed", { symbol, error: String(error) });
    return labels.map(() => "failed");
  }
}

function answerOf(id: string, outcome: Answer["outcome"]): Answer {
  if (outcome === "unknown_symbol") return { prediction_id: id, outcome, detail: "the symbol has received no tick" };
  if (outcome === "failed") return { prediction_id: id, outcome, detail: "not kept; send it again" };
  const detail = REFUSALS[outcome as keyof typeof REFUSALS] as string | undefined;
  return { prediction_id: id, outcome, ...(detail === undefined ? {} : { detail }) };
}

/** `<symbol>:<step>:<12 of the sha>`; a symbol may hold colons itself. */
const ID = /^(.+):(\d{1,15}):([0-9a-f]{12})$/;

function parseLabel(item: unknown, index: number): ParsedLabel | Answer {
  const malformed = (id: string | null, field: string, got: unknown, expected: string): Answer => ({
    prediction_id: id,
    outcome: "malformed",
    detail: `[${index}]${field}: got ${shown(got)}, expected ${expected}`,
  });
  if (typeof item !== "object" || item === null || Array.isArray(item)) {
    return malformed(null, "", item, "an object with prediction_id and label");
  }
  const { prediction_id: id, label } = item as { prediction_id?: unknown; label?: unknown };
  const [, symbolText, step, sha12] = (typeof id === "string" ? ID.exec(id) : null) ?? [];
  const symbol = parseSymbol(symbolText);
  if (typeof id !== "string" || symbol === undefined || symbol !== symbolText) {
    return malformed(null, ".prediction_id", id, "<symbol>:<step>:<12 hexadecimal digits> as /predict gave it");
  }
  if (label !== 0 && label !== 1 && typeof label !== "boolean") {
    return malformed(id, ".label", label, "true or 1 for a spike, false or 0 for none");
  }
  return { index, id, symbol, step: Number(step), sha12: sha12!, label: Number(label) === 1 ? 1 : 0 };
}
