// The command lines of `npm run model -- publish`, `promote` and `rollback`.
import type { Command } from "../../command-line/command.ts";
import { flag, option } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { UserError } from "../../command-line/user-error.ts";
import { positiveUpTo, text, valueType, webAddress, words } from "../../command-line/value-types.ts";
import type { ChallengerSettings } from "./promote.ts";

/** Characters of a reason and a name at most: the gateway refuses more. */
const MAX_TEXT = 200;
const EXIT_CODES = "Exit codes: 0 done, 1 a bug, 2 a mistake in the call or a refusal, 3 the gate refused.";
const GATEWAY = option(webAddress(), "the gateway's address; ADMIN_TOKEN in the environment, if it asks for one", {
  default: "http://127.0.0.1:8787",
});

export const PUBLISH = {
  name: "model publish",
  call: "npm run model -- publish",
  about: `
Puts artifacts into the bucket of wrangler dev, or of R2 (R2_ENDPOINT or R2_ACCOUNT_ID, R2_ACCESS_KEY_ID,
R2_SECRET_ACCESS_KEY). The baselines of the same training are published with a model when their folders lie beside its
own: they are promoted with it.`,
  operands: { type: text("DIR"), least: 1, most: Infinity, help: "folders with model.onnx and manifest.json" },
  options: {
    to: option(text("BUCKET"), "r2://BUCKET", { otherwise: "the bucket of wrangler dev" }),
    persist: option(text("DIR"), "where wrangler dev keeps its state", { default: ".wrangler/state" }),
  },
  notes: EXIT_CODES,
} satisfies Command;

export const PROMOTE = {
  name: "model promote",
  call: "npm run model -- promote",
  about: `
Makes a published artifact the champion of a gateway, or its challenger, which is compared with the champion on live
steps.`,
  operands: {
    type: valueType("SHA256", "64 hexadecimal digits", (value) => (/^[0-9a-f]{64}$/.test(value) ? value : undefined)),
    least: 1,
    most: 1,
    help: "of the artifact's model.onnx, as it was published",
  },
  options: {
    gateway: GATEWAY,
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
    reason: option(words("REASON", MAX_TEXT), "why, for the gateway's history", { required: true }),
    by: option(words("NAME", MAX_TEXT), "who asks, for the gateway's history", { required: true }),
  },
  notes: EXIT_CODES,
} satisfies Command;

export interface PromoteOptions {
  readonly sha256: string;
  readonly gateway: string;
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
  const { gateway, alias, split, auto, replace, by, reason, force } = values;
  if (replace && alias !== "challenger") throw new UserError(`--replace needs --alias challenger, got ${alias}`);
  return {
    ...{ gateway, alias, reason, sha256: operands[0] ?? "" },
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
