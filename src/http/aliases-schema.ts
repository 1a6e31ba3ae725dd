// /admin/aliases, /admin/history and /admin/rollback: which artifact holds which alias, and what was changed.
import * as v from "valibot";
import { contract } from "./contract.ts";
import {
  ALIAS_NAMES,
  GIVEN_ALIAS_NAMES,
  ARTIFACT_ERRORS,
  causeEntries,
  forceInput,
  gateRefused,
  notShownBetter,
  settingsEntries,
} from "./experiment-schema.ts";
import { chosenThresholdSchema } from "./threshold-schema.ts";
import {
  booleanInput,
  count,
  gridQuery,
  nullableFigure,
  nullableString,
  sha256Input,
  textInput,
  time,
} from "./field-schema.ts";

const forcedEntries = {
  sha256: v.string(),
  at: time,
  by: v.string(),
  reason: v.string(),
  gate_reasons: v.array(v.string()),
};
/** A promotion against the gate's verdict. */
const forcedPromotionSchema = v.object(forcedEntries);
export type ForcedPromotionAnswer = v.InferOutput<typeof forcedPromotionSchema>;

const alias = v.picklist(ALIAS_NAMES);

export const aliasesSchema = v.object({
  aliases: v.pipe(
    v.record(v.string(), v.string()),
    v.description("SHA-256 of the artifact by alias; without a challenger there is no entry for it"),
  ),
  forced: v.pipe(
    v.record(v.string(), forcedPromotionSchema),
    v.description("By alias, where the artifact was promoted against its gate"),
  ),
  forced_history: v.array(v.object({ alias, ...forcedEntries })),
  thresholds: v.pipe(
    v.record(v.string(), chosenThresholdSchema),
    v.description("By alias, where an operator chose another threshold than the manifest's"),
  ),
});

export const givenAliasSchema = v.object({
  alias,
  sha256: v.string(),
  serving: v.pipe(
    v.boolean(),
    v.description("Whether the isolate that answered serves it already; others follow in 10 s"),
  ),
  sealed: v.pipe(
    v.boolean(),
    v.description("Whether the ONNX file names its manifest's decision, as `/health` has it"),
  ),
  name: v.string(),
  version: v.string(),
  forced: v.pipe(v.boolean(), v.description("Whether it was given against the artifact's own gate")),
  set: v.pipe(
    v.record(v.string(), v.string()),
    v.description(
      "For a champion: the aliases that changed with it, to the baselines and the scorer of rows of the same training",
    ),
  ),
  experiment: v.optional(v.pipe(nullableString, v.description("For a challenger: the id of the experiment"))),
});

const removedAliasSchema = v.object({
  alias,
  sha256: v.pipe(nullableString, v.description("Who holds the alias now: the bundled model, or nobody")),
});

export const changeSchema = v.object({
  seq: v.pipe(count, v.description("1, 2, 3, … over the registry's whole life")),
  at: time,
  alias: v.picklist([...ALIAS_NAMES, "experiment", "symbol", "threshold", "feed"]),
  from: nullableString,
  to: nullableString,
  by: v.pipe(v.picklist(["admin", "rule", "rollback"]), v.description("Which way the change came")),
  who: nullableString,
  reason: nullableString,
  figures: v.nullable(
    v.object({
      e_value: v.number(),
      blocks: count,
      rows: count,
      episodes: count,
      mean_gain: nullableFigure,
    }),
  ),
  with: v.pipe(
    v.nullable(count),
    v.description("`seq` of the champion's change that this one came with; a rollback of it undoes both"),
  ),
});
/** What an answer for readers says of changes. */
export const WITHHELD = "changes: who made one, and why, is shown to who bears ADMIN_TOKEN";

export type ChangeAnswer = v.InferOutput<typeof changeSchema>;

const historySchema = v.object({ count, history: v.pipe(v.array(changeSchema), v.description("Newest first")) });

export const rollbackSchema = v.object({
  alias: v.literal("champion"),
  sha256: v.string(),
  serving: v.boolean(),
  name: v.string(),
  version: v.string(),
  undone: changeSchema,
});

const SHA256 = "b07d9a44c1e2f3a5968d7c0e1b2a3f4d5c6b7a8990f1e2d3c4b5a69788f7e6d5";
const BEFORE = "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380";
const FORCED = {
  sha256: SHA256,
  at: "2025-12-05T08:00:00.000Z",
  by: "ada",
  reason: "the market changed",
  gate_reasons: ["too_few_episodes 8 of 10"],
};
const CHANGE = {
  seq: 7,
  at: "2025-12-06T09:15:00.000Z",
  alias: "champion",
  from: BEFORE,
  to: SHA256,
  by: "rule",
  who: null,
  reason: "e value 21.3 after 96 blocks with 41 episodes",
  figures: {
    e_value: 21.3,
    blocks: 96,
    rows: 84_900,
    episodes: 41,
    mean_gain: { value: 0.0021, low: 0.0008, high: 0.0034 },
  },
  with: null,
};

const givenAliasParams = v.object({
  alias: v.picklist(GIVEN_ALIAS_NAMES, `one of ${GIVEN_ALIAS_NAMES.join(", ")}`),
});
const aliasParams = v.object({ alias: v.picklist(ALIAS_NAMES, `one of ${ALIAS_NAMES.join(", ")}`) });

export const aliasesContract = contract({
  method: "get",
  path: "/admin/aliases",
  tag: "Aliases",
  summary: "Which artifact holds which alias",
  token: "ADMIN_TOKEN",
  query: gridQuery,
  answer: {
    description: "The aliases, and who was promoted by force",
    schema: aliasesSchema,
    example: {
      aliases: { champion: SHA256, zscore: BEFORE },
      forced: { champion: FORCED },
      forced_history: [{ alias: "champion", ...FORCED }],
      thresholds: {
        champion: {
          sha256: SHA256,
          threshold: 0.1127,
          goal: "recall at least 0.8",
          manifest_threshold: 0.2416,
          at: "2025-12-06T09:15:00.000Z",
          by: "ada",
          reason: "two spikes were missed",
        },
      },
    },
  },
  errors: ["unknown_grid"],
});

export const giveAliasContract = contract({
  method: "put",
  path: "/admin/aliases/:alias",
  tag: "Aliases",
  summary: "Gives an alias to an artifact",
  description:
    "The artifact must load here. A champion brings the baselines and the scorer of rows of its own training along; `rows` " +
    "keeps an artifact that was given to it by itself. As champion it must have passed its gate, or need none; the running challenger becomes " +
    "champion on the terms of its experiment. `force` overrules, and is recorded.",
  token: "ADMIN_TOKEN",
  params: givenAliasParams,
  parameterExamples: { alias: "challenger" },
  query: gridQuery,
  body: {
    schema: v.strictObject({
      sha256: sha256Input,
      force: v.exactOptional(forceInput),
      replace: v.exactOptional(booleanInput),
      ...causeEntries,
      ...settingsEntries,
    }),
    description:
      "`mode`, `share`, `auto` and `replace` go with the alias `challenger` only. With `replace: false` a challenger that " +
      "is being compared is not replaced: its evidence would be lost.",
    example: { sha256: SHA256, mode: "shadow", by: "ada", reason: "trained on November" },
  },
  answer: {
    description: "Who holds the alias now",
    schema: givenAliasSchema,
    example: {
      alias: "challenger",
      sha256: SHA256,
      serving: true,
      sealed: true,
      name: "gbdt",
      version: "2025.12",
      forced: false,
      set: {},
      experiment: "3-3f1c0a9b-b07d9a44",
    },
  },
  errors: [
    "unknown_grid",
    "unknown_alias",
    "sha256_malformed",
    "field_unknown",
    "force_malformed",
    "by_malformed",
    "reason_malformed",
    "mode_malformed",
    "share_malformed",
    "auto_malformed",
    "mode_misplaced",
    "share_misplaced",
    "auto_misplaced",
    "replace_malformed",
    "replace_misplaced",
    "experiment_running",
    "same_model",
    "no_experiment",
    "experiment_changed",
    "not_auto",
    "not_shown_better",
    "gate_refused",
    ...ARTIFACT_ERRORS,
  ],
  problemMembers: { not_shown_better: notShownBetter, gate_refused: gateRefused },
  codeOfFault: ({ path: [field] }) => (field === "alias" ? "unknown_alias" : undefined),
});

export const removeAliasContract = contract({
  method: "delete",
  path: "/admin/aliases/:alias",
  tag: "Aliases",
  summary: "Takes an alias away from its artifact",
  description:
    "The bundled model holds the alias then; `challenger` and `predecessor` are held by nobody. With the champion go the baselines, and " +
    "`rows` as above.",
  token: "ADMIN_TOKEN",
  params: aliasParams,
  parameterExamples: { alias: "challenger" },
  query: gridQuery,
  body: {
    schema: v.strictObject(causeEntries),
    description: "Who asks and why",
    optional: true,
    example: { by: "ada", reason: "not needed any more" },
  },
  answer: {
    description: "Who holds the alias now",
    schema: removedAliasSchema,
    example: { alias: "challenger", sha256: null },
  },
  errors: ["unknown_grid", "unknown_alias", "field_unknown", "by_malformed", "reason_malformed"],
  codeOfFault: ({ path: [field] }) => (field === "alias" ? "unknown_alias" : undefined),
});

export const historyContract = contract({
  method: "get",
  path: "/admin/history",
  tag: "Aliases",
  summary: "Every change of aliases, thresholds, experiments and symbols",
  token: "ADMIN_TOKEN",
  query: gridQuery,
  answer: { description: "The last 200 changes", schema: historySchema, example: { count: 1, history: [CHANGE] } },
  errors: ["unknown_grid"],
});

export const rollbackContract = contract({
  method: "post",
  path: "/admin/rollback",
  tag: "Aliases",
  summary: "Undoes the newest change of champion, and what came with it",
  token: "ADMIN_TOKEN",
  query: gridQuery,
  body: {
    schema: v.strictObject({ by: textInput, reason: textInput, sha256: v.exactOptional(sha256Input) }),
    description:
      "Who asks and why. With `sha256` only that champion is rolled back: another one is refused with `history_changed`.",
    example: { by: "ada", reason: "alerts at night", sha256: SHA256 },
  },
  answer: {
    description: "Who is champion again, and what was undone",
    schema: rollbackSchema,
    example: { alias: "champion", sha256: BEFORE, serving: true, name: "logistic", version: "2025.11", undone: CHANGE },
  },
  errors: [
    "unknown_grid",
    "field_unknown",
    "by_malformed",
    "reason_malformed",
    "sha256_malformed",
    "nothing_to_roll_back",
    "history_changed",
    ...ARTIFACT_ERRORS,
  ],
});
