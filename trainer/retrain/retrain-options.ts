// The command line of `npm run retrain`: its help, which is its specification, and its parser. What is not its own goes to
// the trainer's parser, so that every training option means the same here.
import { parseArgs } from "node:util";
import { parseTsMs } from "../../src/features/tick.ts";
import { type CliOptions, parseCliOptions } from "../run/cli-options.ts";
import { DEFAULTS, type SettingName } from "../run/config.ts";
import { parseDurationMs } from "../run/duration.ts";
import { UserError } from "../run/user-error.ts";

export const RETRAIN_HELP = `Usage: npm run retrain -- [FILES…] [options] [training options]
       npm run retrain -- --demo [--days N] [--seed N] [--keep]

Pulls the ticks that the gateway has archived, trains on them as npm run train does, publishes all models, and makes the
chosen one the gateway's challenger: it is scored beside the champion in shadow, and the gateway's sequential rule
promotes it once it is shown to be better. Every stage prints what it did: HH:MM:SS  (event time)  what.

  --from ADDRESS    the archive: local://ticks/ (the bucket of wrangler dev) or r2://BUCKET/ticks/ (default, without
                    FILES: local://ticks/); may be given more than once
  FILES             or recordings as npm run train takes them
  --since TIME      only archived objects that begin at or after an ISO 8601 time, or so long ago, as 30d or 36h
  --gateway URL     whose challenger the model becomes (default: http://127.0.0.1:8787); ADMIN_TOKEN, if it needs one
  --replace         also while a challenger is being compared that is younger than a day (96 blocks), or whose evidence
                    speaks for it: without this nothing is done then, since evidence begins anew with each challenger
  --no-auto         the rule judges, but does not promote by itself
  --watch           stay, and print e value, blocks, episodes and the paired interval as they grow, until the model is
                    promoted or refused, or the time is up
  --poll TIME       with --watch: look this often (default: 60s)
  --timeout TIME    with --watch: no longer than this (default: 7d); the gateway goes on judging without this program
  --to, --persist, --out, --families and all other options of npm run train but --publish, --promote, --force, --by and
                    --json, see npm run train -- --help

  --demo            show the whole loop here: wrangler dev in a temporary folder, a simulated market whose dynamics
                    change, drift alert, retraining, promotion; ends by itself and leaves nothing behind
  --days N          with --demo: days of the market before the first training, 5, 6 or 7 (default: 5); its drift thresholds
                    need more than 100 hours
  --seed N          with --demo: seed of the simulated market (default: 7); else the trainer's
  --keep            with --demo: leave the temporary folder, and say where it is
  --help            print this

Exit codes: 0 the model is challenger, with --watch champion, or its time was up, or a running challenger was left alone; 1 a bug, or the demonstration did not
come to its end; 2 a mistake in the call, data that cannot carry a model, or a gateway or bucket that does not answer; 3
no challenger: a leak check failed (nothing is published then), a baseline was chosen, or the champion is the same model;
with --watch also: refused.
`;

export interface RetrainOptions {
  readonly kind: "retrain";
  /** Addresses and recordings, never empty. */
  readonly from: readonly string[];
  /** Only archived objects from then on, ms since 1970; `undefined` for all. */
  readonly sinceMs: number | undefined;
  readonly gateway: string;
  readonly auto: boolean;
  readonly replace: boolean;
  readonly watch: { readonly pollMs: number; readonly timeoutMs: number } | undefined;
  /** For the trainer; its files are what is pulled. Nothing in it publishes or promotes. */
  readonly training: CliOptions;
}

export interface DemoOptions {
  readonly kind: "demo";
  readonly days: number;
  readonly seed: number;
  readonly keep: boolean;
}

export const DEFAULT_GATEWAY = "http://127.0.0.1:8787";
const DEFAULT_FROM = "local://ticks/";
/** What the trainer's options do that this program does itself. */
const NOT_PASSED: readonly SettingName[] = ["promote", "force", "by"];
const PASSED = (Object.keys(DEFAULTS) as SettingName[]).filter((name) => !NOT_PASSED.includes(name));
const OWN_TEXTS = ["since", "gateway", "poll", "timeout", "days"] as const;
const FLAGS = ["no-auto", "replace", "watch", "demo", "keep", "help"] as const;
const DEMO_ONLY = ["days", "keep"];
const DEMO_TAKES = ["demo", "days", "seed", "keep"];

/**
 * Parses the arguments; `help` wins over everything else.
 * @param nowMs what `--since 30d` counts from.
 * @throws UserError naming the option, what came and what was expected.
 */
export function parseRetrainOptions(args: readonly string[], nowMs: number): RetrainOptions | DemoOptions | "help" {
  const { values, positionals } = parse(args);
  if (values["help"] === true) return "help";
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === "string" ? value : undefined;
  };
  if (values["demo"] === true) return demoOptions(Object.keys(values), positionals, text, values["keep"] === true);
  const foreign = DEMO_ONLY.find((name) => values[name] !== undefined);
  if (foreign !== undefined) throw new UserError(`--${foreign}: needs --demo`);
  const { from: addresses } = values;
  const given = [...(Array.isArray(addresses) ? addresses.map(String) : []), ...positionals];
  const from = given.length === 0 ? [DEFAULT_FROM] : given;
  const passed = [...PASSED, "config"].flatMap((name) => (text(name) === undefined ? [] : [`--${name}=${text(name)}`]));
  // `--to` needs `--publish` there; publishing itself is a stage of its own here.
  const training = parseCliOptions(["--publish", ...passed, "--", ...from]);
  if (training === "help") throw new Error("help: asked for by nobody");
  const { promote, force } = training.config;
  if (promote !== undefined || force !== undefined) {
    throw new UserError("--config: promote, force and by do nothing here; see --gateway");
  }
  return {
    kind: "retrain",
    from,
    sinceMs: sinceMs(text("since"), nowMs),
    gateway: address(text("gateway") ?? DEFAULT_GATEWAY),
    auto: values["no-auto"] !== true,
    replace: values["replace"] === true,
    watch: watchOptions(values["watch"] === true, text("poll"), text("timeout")),
    training: { ...training, publish: false },
  };
}

interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
}

function parse(args: readonly string[]): Parsed {
  const texts = Object.fromEntries(
    [...PASSED, "config", ...OWN_TEXTS].map((name) => [name, { type: "string" } as const]),
  );
  const flags = Object.fromEntries(FLAGS.map((name) => [name, { type: "boolean" } as const]));
  const from = { type: "string", multiple: true } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { ...texts, ...flags, from } });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

function demoOptions(
  names: readonly string[],
  positionals: readonly string[],
  text: (name: string) => string | undefined,
  keep: boolean,
): DemoOptions {
  const foreign = names.find((name) => !DEMO_TAKES.includes(name));
  if (foreign !== undefined) throw new UserError(`--${foreign}: does nothing with --demo`);
  if (positionals.length > 0) throw new UserError(`--demo: got ${positionals.join(" ")}, expected no recordings`);
  const days = Number(text("days") ?? "5");
  // Fewer than five days are fewer than 100 hours of rows; more than seven leave too few before now for the rest.
  if (![5, 6, 7].includes(days)) throw wrong("days", text("days")!, "5, 6 or 7");
  const seed = Number(text("seed") ?? "7");
  if (!Number.isSafeInteger(seed) || text("seed")?.trim() === "") throw wrong("seed", text("seed")!, "a whole number");
  return { kind: "demo", days, seed, keep };
}

function sinceMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const ago = parseDurationMs(value);
  const ms = Number.isNaN(ago) ? parseTsMs(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00` : value) : nowMs - ago;
  if (Number.isNaN(ms)) throw wrong("since", value, "an ISO 8601 time, or a length of time like 30d");
  return ms;
}

function watchOptions(watch: boolean, poll?: string, timeout?: string): RetrainOptions["watch"] {
  if (!watch) {
    if (poll !== undefined) throw new UserError("--poll: needs --watch");
    if (timeout !== undefined) throw new UserError("--timeout: needs --watch");
    return undefined;
  }
  return { pollMs: duration("poll", poll ?? "60s"), timeoutMs: duration("timeout", timeout ?? "7d") };
}

function duration(name: string, value: string): number {
  const ms = parseDurationMs(value);
  if (!(ms > 0)) throw wrong(name, value, "a length of time like 60s or 7d");
  return ms;
}

function address(value: string): string {
  if (/^https?:\/\/./.test(value) && URL.canParse(value)) return value.replace(/\/+$/, "");
  throw wrong("gateway", value, "an address like http://127.0.0.1:8787");
}

function wrong(name: string, got: string, expected: string): UserError {
  return new UserError(`--${name}: got ${got}, expected ${expected}`);
}
