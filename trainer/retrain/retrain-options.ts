// The command line of `npm run retrain`: its own options, and those of the trainer that mean the same here.
import type { Command } from "../../command-line/command.ts";
import { flag, inGroup, option, repeated } from "../../command-line/option.ts";
import { type CommandLine, checkTexts, readArguments } from "../../command-line/parse-command-line.ts";
import { UserError } from "../../command-line/user-error.ts";
import { duration, text, webAddress, wholeNumber } from "../../command-line/value-types.ts";
import { type CliOptions, settingTexts } from "../run/cli-options.ts";
import { trainingConfig } from "../run/config.ts";
import { parseSince } from "../run/since.ts";
import { withSettingsFile } from "../run/settings-file.ts";
import { CONFIG, TRAINING_SETTINGS } from "../run/train-command.ts";
import { GRID } from "../publish/publish-options.ts";
import { gridName, parseGridName } from "../../src/features/grid-name.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";

const DEFAULT_GATEWAY = "http://127.0.0.1:8787";
const DEFAULT_FROM = "local://ticks/";

const ARCHIVE = inGroup("Retraining", {
  from: repeated(
    text("ADDRESS"),
    "the archive: local://ticks/ (the bucket of wrangler dev) or r2://BUCKET/ticks/; may be given more than once",
    { otherwise: `${DEFAULT_FROM}, without FILES` },
  ),
  since: option(
    text("TIME"),
    "only archived objects that begin at or after an ISO 8601 time, or this long ago, e.g. 30d or 36h",
  ),
  gateway: option(
    webAddress(),
    "whose challenger the model becomes; ADMIN_TOKEN in the environment, if it asks for one",
    { default: DEFAULT_GATEWAY },
  ),
  grid: GRID,
  replace: flag(
    "replace a running challenger even when it is younger than a day (96 blocks), or its evidence is in its favour; " +
      "otherwise nothing is trained, since evidence begins anew with each challenger",
  ),
  "no-auto": flag("the rule judges, but does not promote by itself"),
  watch: flag(
    "stay, and print e value, blocks, episodes and the paired interval as they grow, until the model is promoted or " +
      "refused, or the time is up",
  ),
  poll: option(duration(1), "look this often", { default: "60s", needs: ["watch"] }),
  timeout: option(duration(1), "no longer than this; the gateway goes on judging without this program", {
    default: "7d",
    needs: ["watch"],
  }),
});

const DEMONSTRATION = inGroup("Demonstration", {
  demo: flag(
    "show the whole loop here: wrangler dev in a temporary folder, a simulated market whose dynamics change, drift " +
      "alert, retraining, promotion; ends by itself and leaves nothing behind. --seed is then the market's (default: 7)",
  ),
  // Fewer than five days give fewer than 100 hours of rows; more than seven leave too few days before now.
  days: option(
    wholeNumber(5, 7),
    "days of the market before the first training; its drift thresholds need more than 100 hours",
    { default: "5", needs: ["demo"] },
  ),
  keep: flag("leave the temporary folder, and say where it is", { needs: ["demo"] }),
});
/** What a demonstration takes beside `--demo`. */
const DEMO_TAKES = ["demo", "days", "seed", "keep"];

/** Publishing and promotion are stages of their own here. */
const PASSED = { ...TRAINING_SETTINGS, to: { ...TRAINING_SETTINGS.to, needs: [] } };

export const RETRAIN = {
  name: "retrain",
  call: "npm run retrain --",
  about: `
Pulls the ticks that the gateway has archived, trains on them as npm run train does, publishes all models, and makes
the chosen one the gateway's challenger: it is scored beside the champion in shadow, and the gateway's sequential rule
promotes it once it is shown to be better. Every stage prints what it did: HH:MM:SS  (event time)  what.

npm run retrain -- --demo [--days N] [--seed N] [--keep] shows all this on a simulated market.`,
  operands: { type: text("FILES"), least: 0, most: Infinity, help: "recordings as npm run train takes them" },
  options: { ...ARCHIVE, ...DEMONSTRATION, ...PASSED, ...CONFIG },
  notes: `
Exit codes: 0 the model is challenger, with --watch champion, or its time was up, or a running challenger was left
alone; 1 a bug, or the demonstration was not completed; 2 a mistake in the call, data that cannot carry a model,
or a gateway or bucket that does not answer; 3 no challenger: a leak check failed (nothing is published then), a
baseline was chosen, or the champion is the same model; with --watch also: refused.`,
} satisfies Command;

export interface RetrainOptions {
  readonly kind: "retrain";
  /** Addresses and recordings, never empty. */
  readonly from: readonly string[];
  /** Only archived objects from then on, ms since 1970; `undefined` for all. */
  readonly sinceMs: number | undefined;
  readonly gateway: string;
  /** Name of the grid whose challenger it becomes; `undefined` for the default one. */
  readonly grid: string | undefined;
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

/**
 * @param nowMs what `--since 30d` counts from.
 * @throws UserError naming the option, what came and what was expected.
 */
export function parseRetrainOptions(args: readonly string[], nowMs: number): RetrainOptions | DemoOptions {
  const given = readArguments(RETRAIN, args);
  const texts = withSettingsFile(RETRAIN.options, Object.keys(PASSED), given.texts);
  const line = checkTexts(RETRAIN, { texts, operands: given.operands });
  const { values } = line;
  if (values.demo) return demoOptions(line);
  const addresses = [...values.from, ...line.operands];
  const from = addresses.length === 0 ? [DEFAULT_FROM] : addresses;
  // An archive says everything itself.
  const unasked = { columns: undefined, stamp: undefined, unit: undefined, timezone: undefined, venue: undefined };
  const config = trainingConfig({ ...values, ...unasked, promote: undefined, force: undefined, by: undefined });
  if (values.grid !== undefined) requireGrid(values.grid, config.engine);
  return {
    kind: "retrain",
    from,
    sinceMs: values.since === undefined ? undefined : parseSince(values.since, nowMs),
    gateway: values.gateway,
    grid: values.grid,
    auto: !values["no-auto"],
    replace: values.replace,
    watch: values.watch ? { pollMs: values.poll, timeoutMs: values.timeout } : undefined,
    training: { files: from, config, settings: settingTexts(texts), publish: false, json: false },
  };
}

/** The gateway would refuse the model too, but after hours of training. */
function requireGrid(name: string, { grid, label }: EngineConfig): void {
  const asked = parseGridName(name);
  const { stepMs, source } = grid;
  const horizonMs = asked?.horizonMs === undefined ? undefined : label.horizonSteps * stepMs;
  const trained = gridName({ stepMs, source, ...(horizonMs === undefined ? {} : { horizonMs }) });
  if (asked === undefined || gridName(asked) === trained) return;
  throw new UserError(`--grid ${name}: --step, --source and --label are of ${trained}`);
}

function demoOptions({ values, operands, given }: CommandLine<typeof RETRAIN.options>): DemoOptions {
  const foreign = [...given].find((name) => !DEMO_TAKES.includes(name));
  if (foreign !== undefined) throw new UserError(`--${foreign} does nothing with --demo`);
  if (operands.length > 0) throw new UserError(`--demo: got ${operands.join(" ")}, expected no recordings`);
  const { days, keep, seed } = values;
  return { kind: "demo", days, keep, seed: given.has("seed") ? seed : 7 };
}
