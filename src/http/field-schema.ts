// Fields that several routes share.
import * as v from "valibot";
import { EXPECTED_GRID_NAME, EXPECTED_HORIZON } from "../features/grid-name.ts";
import { SYMBOL_EXPECTED, SYMBOL_FORM, symbolKey, VENUE_EXPECTED, venueKey } from "../features/symbol-name.ts";
import { STATED_EVIDENCE } from "../model/manifest.ts";
import { WINDOW_MS, type WindowName } from "../quality/window-quality.ts";

/** Characters of a name or a reason at most. */
const MAX_TEXT = 200;

/** A symbol as a request may spell it, with its venue behind an `@` or without. */
export const symbolName = v.pipe(v.string(SYMBOL_EXPECTED), v.regex(SYMBOL_FORM, SYMBOL_EXPECTED));

/** The same; its output is the symbol's key. */
export const symbolInput = v.pipe(
  symbolName,
  v.transform((name) => symbolKey(name) ?? name),
);

export const venueInput = v.pipe(
  v.string(VENUE_EXPECTED),
  v.check((name) => venueKey(name) !== undefined, VENUE_EXPECTED),
);

/** The query parameter `grid`: names one of the gateway's grids. */
const gridInput = v.optional(
  v.pipe(
    v.string(EXPECTED_GRID_NAME),
    v.description("One of the gateway's grids, such as `60s`; the default one without"),
  ),
);

/** The query parameter `horizon`: a horizon of that grid. */
const horizonInput = v.optional(
  v.pipe(
    v.string(EXPECTED_HORIZON),
    v.description(
      "One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s`",
    ),
  ),
);

/** The parameters of a route that answers for one grid. */
export const gridFields = { grid: gridInput, horizon: horizonInput };

/** The query of a route that has no other parameter. */
export const gridQuery = v.object(gridFields);

const EXPECTED_SHA256 = "64 hexadecimal digits";
export const sha256Input = v.pipe(v.string(EXPECTED_SHA256), v.regex(/^[0-9a-f]{64}$/, EXPECTED_SHA256));

const EXPECTED_TEXT = `1 to ${MAX_TEXT} characters`;
/** Who does something, or why. */
export const textInput = v.pipe(
  v.string(EXPECTED_TEXT),
  v.regex(/\S/, EXPECTED_TEXT),
  v.maxLength(MAX_TEXT, EXPECTED_TEXT),
);

/** Of a model that serves. */
export const evidenceAnswer = v.pipe(
  v.picklist(STATED_EVIDENCE),
  v.description("Whether its training data are recordings of a market or simulated: `simulated` proves nothing"),
);

export const booleanInput = v.boolean("true or false");

/** A query parameter that asks for more. */
export const flagInput = v.optional(v.picklist(["0", "1"], "0 or 1"), "0");

export const WINDOW_NAMES = Object.keys(WINDOW_MS) as WindowName[];

/** The query parameter `window`. */
export const windowInput = v.optional(v.picklist(WINDOW_NAMES, `one of ${WINDOW_NAMES.join(", ")}`), "24h");

/** A time of an answer: ISO 8601 in UTC. */
export const time = v.pipe(v.string(), v.isoTimestamp());

/** A time of an answer in ms since 1970 UTC. */
export const timeMs = v.pipe(v.number(), v.integer());

/** A whole number from 0. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A figure with its 95 % interval. */
export const figure = v.object({ value: v.number(), low: v.number(), high: v.number() });

export const nullableNumber = v.nullable(v.number());
export const nullableString = v.nullable(v.string());
export const nullableFigure = v.nullable(figure);

/** Between which values PR-AUC lies: scores are stored in levels, and their order within a level is not known. */
export const nullableBounds = v.pipe(
  v.nullable(v.object({ low: v.number(), high: v.number() })),
  v.description("PR-AUC of the same steps lies between these, whatever the order of scores within a level"),
);

/** Predictions by what was predicted and what happened. */
export const confusion = v.object({ tp: count, fp: count, fn: count, tn: count });

/** What an answer lacks, and why: one text a figure. */
export const missing = v.pipe(v.array(v.string()), v.description("What is not there, and why: one text a figure"));
