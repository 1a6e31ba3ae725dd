// The command lines of `npm run model`, except `import` and `evaluate`.
import type { Command } from "../../command-line/command.ts";
import { flag, option } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { UserError } from "../../command-line/user-error.ts";
import { positiveUpTo, text, valueType, webAddress, words } from "../../command-line/value-types.ts";
import { EXPECTED_GRID_NAME, parseGridName } from "../../src/features/grid-name.ts";
import type { ChallengerSettings } from "./promote.ts";

/** Characters of a reason and a name at most: the gateway refuses more. */
export const MAX_TEXT = 200;
const EXIT_CODES = "Exit codes: 0 done, 1 a bug, 2 a mistake in the call or a refusal, 3 the gate refused.";
export const GATEWAY = option(
  webAddress(),
  "the gateway's address; ADMIN_TOKEN in the environment, if it asks for one",
  {
    default: "http://127.0.0.1:8787",
  },
);

/** Of a gateway with `GRIDS` or `HORIZONS`. */
export const GRID = option(
  valueType("GRID", EXPECTED_GRID_NAME, (name) => (parseGridName(name) === undefined ? undefined : name)),
  "the grid or horizon whose models are meant, as 60s or 1s-h300s",
  { otherwise: "the gateway's default grid" },
);

/** The bucket that holds the models. */
export const BUCKET = {
  to: option(text("BUCKET"), "r2://BUCKET", { otherwise: "the bucket of wrangler dev" }),
  persist: option(text("DIR"), "where wrangler dev or serve keeps its state", { default: ".wrangler/state" }),
} as const;

/** The whole hash, or the beginning of a published model's. */
export const SHA256 = valueType("SHA256", "8 to 64 hexadecimal digits", (value) =>
  /^[0-9a-f]{8,64}$/.test(value) ? value : undefined,
);

export const LIST = {
  name: "model list",
  call: "npm run model -- list",
  about: "Lists the models in the bucket of wrangler dev, or of R2, oldest first: hash, version, family, row.",
  options: BUCKET,
  notes: EXIT_CODES,
} satisfies Command;

export const SHOW = {
  name: "model show",
  call: "npm run model -- show",
  about: "Shows what a published model is: its gate, its figures, its threshold and its set.",
  operands: { type: SHA256, least: 1, most: 1, help: "of the model, or the beginning of it" },
  options: { ...BUCKET, json: flag("prints the whole manifest as JSON") },
  notes: EXIT_CODES,
} satisfies Command;

export const COMPARE = {
  name: "model compare",
  call: "npm run model -- compare",
  about: `
Shows two published models side by side. Their figures can be compared only when both were judged on the same data.`,
  operands: { type: SHA256, least: 2, most: 2, help: "of the two models, or the beginnings of them" },
  options: BUCKET,
  notes: EXIT_CODES,
} satisfies Command;

export const PUBLISH = {
  name: "model publish",
  call: "npm run model -- publish",
  about: `
Puts artifacts into the bucket of wrangler dev, or of R2 (R2_ENDPOINT or R2_ACCOUNT_ID, R2_ACCESS_KEY_ID,
R2_SECRET_ACCESS_KEY). The baselines of the same training are published with a model when their folders lie beside its
own: they are promoted with it.`,
  operands: { type: text("DIR"), least: 1, most: Infinity, help: "folders with model.onnx and manifest.json" },
  options: BUCKET,
  notes: EXIT_CODES,
} satisfies Command;

export const PROMOTE = {
  name: "model promote",
  call: "npm run model -- promote",
  about: `
Makes a published artifact the champion of a gateway, or its challenger, which is compared with the champion on live
steps.`,
  operands: {
    type: SHA256,
    least: 1,
    most: 1,
    help: "of the artifact's model.onnx, as it was published; or its beginning, which is looked up in the bucket",
  },
  options: {
    gateway: GATEWAY,
    grid: GRID,
    ...BUCKET,
    alias: option(text("NAME"), "champion, challenger, rows, or a baseline's name", { default: "champion" }),
    split: option(positiveUpTo(0.5, "SHARE"), "the challenger answers this share of the steps, up to 0.5", {
      otherwise: "none, it is only scored",
    }),
    auto: flag("the gateway makes the challenger champion once it is shown to be better"),
    replace: flag("takes the place of a challenger that is being compared; its evidence is lost"),
    by: option(words("NAME", MAX_TEXT), "who asks, for the gateway's history"),
    reason: option(words("REASON", MAX_TEXT), "why, for the gateway's history"),
    force: option(
      words("REASON", MAX_TEXT),
      "promote it or let it answer, although the gate refused it or it is not shown to be better",
      { needs: ["by"], excludes: ["reason"] },
    ),
  },
  notes: EXIT_CODES,
} satisfies Command;

export const ROLLBACK = {
  name: "model rollback",
  call: "npm run model -- rollback",
  about: "Makes the previous champion champion again. The gateway has it in its history.",
  options: {
    gateway: GATEWAY,
    grid: GRID,
    champion: option(text("SHA256"), "only while this artifact is champion; all 64 digits"),
    reason: option(words("REASON", MAX_TEXT), "why, for the gateway's history", { required: true }),
    by: option(words("NAME", MAX_TEXT), "who asks, for the gateway's history", { required: true }),
  },
  notes: EXIT_CODES,
} satisfies Command;

export const THRESHOLD = {
  name: "model threshold",
  call: "npm run model -- threshold",
  about: `
Changes from which probability a served model alerts, to the threshold of another goal of its manifest. It holds until
another artifact holds the alias.`,
  options: {
    gateway: GATEWAY,
    grid: GRID,
    alias: option(text("NAME"), "champion, challenger, rows, or a baseline's name", { default: "champion" }),
    goal: option(words("GOAL", MAX_TEXT), 'as `model -- show` lists them, e.g. "recall at least 0.8"', {
      required: true,
    }),
    reason: option(words("REASON", MAX_TEXT), "why, for the gateway's history", { required: true }),
    by: option(words("NAME", MAX_TEXT), "who asks, for the gateway's history", { required: true }),
  },
  notes: EXIT_CODES,
} satisfies Command;

export interface PromoteOptions {
  /** The whole hash, or its beginning. */
  readonly sha256: string;
  /** Where a beginning is looked up. */
  readonly bucket: { readonly to: string | undefined; readonly persist: string };
  readonly gateway: string;
  readonly grid: string | undefined;
  readonly alias: string;
  readonly experiment: ChallengerSettings | undefined;
  /** For a challenger: whether it may take the place of one that is being compared. */
  readonly replace: boolean | undefined;
  readonly force: { readonly by: string; readonly reason: string } | undefined;
  /** Who promotes without force, and why, where given. */
  readonly by: string | undefined;
  readonly reason: string | undefined;
}

/** Throws `UserError` naming the option, what came and what was expected. */
export function parsePromoteOptions(args: readonly string[]): PromoteOptions {
  const { values, operands } = parseCommandLine(PROMOTE, args);
  const { gateway, grid, alias, split, auto, replace, by, reason, force, to, persist } = values;
  if (replace && alias !== "challenger") throw new UserError(`--replace needs --alias challenger, got ${alias}`);
  return {
    ...{ gateway, grid, alias, reason, sha256: operands[0] ?? "" },
    bucket: { to, persist },
    experiment: challengerSettings(alias, split, auto),
    replace: alias === "challenger" ? replace : undefined,
    force: force === undefined || by === undefined ? undefined : { by, reason: force },
    by: force === undefined ? by : undefined,
  };
}

function challengerSettings(alias: string, share: number | undefined, auto: boolean): ChallengerSettings | undefined {
  if (share === undefined && !auto) return undefined;
  if (alias !== "challenger") {
    throw new UserError(`${share === undefined ? "--auto" : "--split"} needs --alias challenger, got ${alias}`);
  }
  return { ...(share === undefined ? {} : { mode: "split", share }), ...(auto ? { auto } : {}) };
}
