// GET /symbols/:symbol/explanation: what a prediction rests on.
import { Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import { askSymbol } from "../clients/symbols.ts";
import type { AppEnv } from "./app-env.ts";
import { EXPLANATION_METHOD, explanationContract } from "./explanation-schema.ts";
import { askedGrid, gridOfOthers } from "./grid-view.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { shapeRecalibration } from "./recalibration-shape.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

export const explanation = new Hono<AppEnv>().get(explanationContract.path, async (c) => {
  const { params, query } = await readRequest(c, explanationContract);
  const { symbol } = params;
  const grid = askedGrid(c.env, query);
  if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
  const answer = await askSymbol(c.env, symbol, (stub) => stub.explanation(grid));
  if (answer === undefined) throw unknownSymbol(symbol);
  if (answer === null) throw gridOfOthers(symbol, grid);
  const { prediction, features, missing } = answer;
  return sendAnswer(c, explanationContract, {
    symbol: symbolAsAsked(c, symbol),
    ts: prediction?.tsMs ?? null,
    prediction_id: prediction?.predictionId ?? null,
    probability: prediction?.probability ?? null,
    probability_raw: prediction?.probabilityRaw ?? null,
    recalibration: prediction === null ? null : shapeRecalibration(prediction.recalibration),
    threshold: prediction?.threshold ?? null,
    model: prediction?.model ?? null,
    method: EXPLANATION_METHOD,
    features,
    missing,
  });
});
