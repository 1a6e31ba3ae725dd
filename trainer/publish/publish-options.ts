// The command lines of `npm run model -- publish`, `promote` and `rollback`.
import { parseArgs } from "node:util";
import type { ChallengerSettings } from "./promote.ts";
import { UserError } from "../run/user-error.ts";

export const PUBLISH_HELP = `Usage: npm run model -- publish DIR… [--to r2://BUCKET] [--persist DIR]
       npm run model -- promote SHA256 [--alias NAME] [--split SHARE] [--auto] [--gateway URL]
                                [--by NAME] [--reason REASON | --force REASON]
       npm run model -- rollback --reason REASON --by NAME [--gateway URL]

publish puts artifacts (folders with model.onnx and manifest.json) into the bucket of wrangler dev, or of R2
(R2_ENDPOINT or R2_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY). promote makes a published artifact the champion
of a gateway (ADMIN_TOKEN, if it needs one), or its challenger, which is compared with the champion on live steps. rollback
gives champion back to the model that held it before.

Options:
  --to BUCKET      r2://BUCKET (default: the bucket of wrangler dev)
  --persist DIR    where wrangler dev keeps its state (default: .wrangler/state)
  --gateway URL    the gateway's address (default: http://127.0.0.1:8787)
  --alias NAME     champion (default), challenger, rows, or a baseline's name
  --split SHARE    the challenger answers this share, up to 0.5 (default: none, it is only scored)
  --auto           the gateway makes the challenger champion once it is shown better
  --by NAME --reason REASON  who asks and why, for the gateway's history; rollback needs both
  --force REASON   promote, or let answer, although its gate refused it or it is not shown better; needs --by
  --help           print this

Exit codes: 0 done, 1 a bug, 2 a mistake in the call or a refusal, 3 the gate refused.
`;

export interface PublishOptions {
  /** Folders for `publish`, one SHA-256 for `promote`. */
  readonly operands: readonly string[];
  readonly to: string | undefined;
  readonly persist: string;
  readonly gateway: string;
  readonly alias: string;
  readonly experiment: ChallengerSettings | undefined;
  readonly force: { readonly by: string; readonly reason: string } | undefined;
  /** Who promotes without force, and why, where it is said. */
  readonly by: string | undefined;
  readonly reason: string | undefined;
  /** Who gives champion back, and why. */
  readonly rollback: { readonly by: string; readonly reason: string } | undefined;
}

export type PublishCommand = "publish" | "promote" | "rollback";

/** What each command takes beside `--help`; another one's option would do nothing. */
const TAKES = {
  publish: ["to", "persist"],
  promote: ["gateway", "force", "by", "reason", "alias", "split", "auto"],
  rollback: ["gateway", "reason", "by"],
} as const;
/** Characters of a reason and a name at most: the gateway refuses more. */
const MAX_TEXT = 200;

/** Throws `UserError` naming the option, what came and what was expected. `help` wins over everything else. */
export function parsePublishOptions(command: PublishCommand, args: readonly string[]): PublishOptions | "help" {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const takes: readonly string[] = TAKES[command];
  const foreign = Object.keys(values).find((name) => !takes.includes(name));
  if (foreign !== undefined) {
    throw new UserError(`--${foreign}: does nothing for ${command}, expected only --${takes.join(", --")}`);
  }
  requireOperands(command, positionals);
  const { force, by, reason, alias = "champion" } = values;
  if (force !== undefined && by === undefined) {
    throw new UserError("--force: got one without --by, expected who forces it beside the reason");
  }
  if (force !== undefined && reason !== undefined) {
    throw new UserError("--reason: got one beside --force, expected one reason: --force has it");
  }
  if (command === "rollback" && (reason === undefined || by === undefined)) {
    throw new UserError(`--reason and --by: got ${reason ?? by ?? "neither"}, expected both`);
  }
  for (const name of ["force", "by", "reason"] as const) requireText(name, values[name]);
  return {
    operands: positionals,
    to: values.to,
    persist: values.persist ?? ".wrangler/state",
    gateway: values.gateway ?? "http://127.0.0.1:8787",
    alias,
    experiment: challengerSettings(alias, values.split, values.auto),
    force: force === undefined || by === undefined ? undefined : { by, reason: force },
    by: force === undefined ? by : undefined,
    reason,
    rollback: reason === undefined || by === undefined ? undefined : { by, reason },
  };
}

function requireOperands(command: PublishCommand, positionals: readonly string[]): void {
  if (command === "publish" && positionals.length === 0) {
    throw new UserError("DIR: got none, expected at least one folder");
  }
  if (command === "promote" && (positionals.length !== 1 || !/^[0-9a-f]{64}$/.test(positionals[0]!))) {
    throw new UserError(`SHA256: got ${positionals.join(" ") || "none"}, expected 64 hexadecimal digits`);
  }
  if (command === "rollback" && positionals.length > 0) {
    throw new UserError(
      `rollback: got ${positionals.join(" ")}, expected no operand: the gateway knows who was before`,
    );
  }
}

function challengerSettings(
  alias: string,
  split: string | undefined,
  auto: boolean | undefined,
): ChallengerSettings | undefined {
  if (split === undefined && auto === undefined) return undefined;
  const name = split === undefined ? "--auto" : "--split";
  if (alias !== "challenger") throw new UserError(`${name}: got one for ${alias}, expected --alias challenger with it`);
  const share = Number(split ?? NaN);
  if (split !== undefined && !(share > 0 && share <= 0.5)) {
    throw new UserError(`--split: got ${split}, expected a number above 0 and at most 0.5`);
  }
  return { ...(split === undefined ? {} : { mode: "split", share }), ...(auto === undefined ? {} : { auto }) };
}

function requireText(name: string, text: string | undefined): void {
  if (text === undefined || (text.trim() !== "" && text.length <= MAX_TEXT)) return;
  const got = text.trim() === "" ? "a blank text" : `${text.length} characters`;
  throw new UserError(`--${name}: got ${got}, expected 1 to ${MAX_TEXT} characters`);
}

function parse(args: readonly string[]) {
  const strings = { to: { type: "string" }, persist: { type: "string" }, gateway: { type: "string" } } as const;
  const force = { force: { type: "string" }, by: { type: "string" }, help: { type: "boolean" } } as const;
  const experiment = { alias: { type: "string" }, split: { type: "string" }, auto: { type: "boolean" } } as const;
  const options = { ...strings, ...force, ...experiment, reason: { type: "string" } } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}
