// GET /symbols/:symbol/quality: how good every served model is on this symbol now, with intervals and what they stand
// on.
import { Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import type { AppEnv } from "./app-env.ts";
import { askedGrid, gridOfOthers } from "./grid-view.ts";
import { qualityContract } from "./quality-schema.ts";
import { shapeQuality } from "./quality-shape.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { askSymbol } from "../clients/symbols.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

export const quality = new Hono<AppEnv>().get(qualityContract.path, async (c) => {
  const { params, query } = await readRequest(c, qualityContract);
  const { symbol } = params;
  const { window, bins, curves } = query;
  const grid = askedGrid(c.env, query);
  if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
  const answer = await askSymbol(c.env, symbol, (stub) => stub.quality([window], grid, curves === "1"));
  if (answer === undefined) throw unknownSymbol(symbol);
  if (answer === null) throw gridOfOthers(symbol, grid);
  return sendAnswer(c, qualityContract, shapeQuality(symbolAsAsked(c, symbol), answer, bins === "1"));
});
