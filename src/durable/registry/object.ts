// The gateway's few global facts: which artifact holds which alias, by force or not, the experiment and its evidence,
// the history of all this, and notices that operators must see. One object, small and rarely written, which is what
// itty-durable is right for. What a change means is in change-aliases.ts.
import { createDurable } from "itty-durable/itty-durable.js";
import * as v from "valibot";
import { parseOrThrow } from "../../schemas/parse-or-throw.ts";
import { BUNDLED } from "../../model/bundled.ts";
import { ALIASES, type Alias } from "../../model/model-host.ts";
import { type EvidenceState, evidenceSchema } from "../../quality/promotion/sequential-evidence.ts";
import { oneOf, sha256Text } from "../../schemas/schema-values.ts";
import { type Change, type ChangeCause, changeCauseSchema, changeToUndo } from "./alias-history.ts";
import { type AliasState, changeAliases } from "./change-aliases.ts";
import { type Experiment, type ExperimentSettings, settingsChangeSchema } from "./experiment.ts";
import {
  type ForcedPromotion,
  forcedPromotionSchema,
  type RecordedPromotion,
  recordPromotion,
} from "./forced-promotion.ts";
import type { Outcome } from "./outcome.ts";
import { persistFirst } from "../itty/persist-first.ts";
import {
  currentExperiment,
  type Notice,
  noticeSchema,
  readStoredRegistry,
  type RegistryState,
  type StoredRegistry,
} from "./registry-state.ts";

const MAX_NOTICES = 20;

/** Objects among the arguments are JSON texts: itty-durable hands over what a header carries. */
export class RegistryObject extends createDurable() implements StoredRegistry {
  aliases: Partial<Record<Alias, string>> = {};
  forced: Partial<Record<Alias, ForcedPromotion>> = {};
  notices: Notice[] = [];
  forcedHistory: RecordedPromotion[] = [];
  experiment: Experiment | null = null;
  evidence: EvidenceState | null = null;
  changes: Change[] = [];
  changeCount = 0;
  experimentCount = 0;

  /** Called by itty-durable after it put what is stored into the fields. */
  override onLoad(): Promise<void> {
    Object.assign(this, readStoredRegistry(this));
    return Promise.resolve();
  }

  snapshot(): RegistryState {
    return { aliases: this.aliases, forced: this.forced, notices: this.notices, experiment: this.experiment };
  }

  /** Apart from the snapshot, which every isolate reads every few seconds. */
  history(): readonly RecordedPromotion[] {
    return this.forcedHistory;
  }

  listChanges(): readonly Change[] {
    return this.changes;
  }

  readEvidence(): { readonly experiment: string | null; readonly evidence: EvidenceState | null } {
    return { experiment: this.experiment?.id ?? null, evidence: this.evidence };
  }

  /**
   * Gives an alias to an artifact, or back to the bundled model with `null`. Durable before the answer.
   * @param forced JSON of the `ForcedPromotion` that this is, `null` when it is none: another artifact that held the
   * alias by force holds it no more, but stays in the history.
   * @param cause JSON of a `ChangeCause`; absent for an operator who gives no reason.
   * @param settings JSON of the experiment's settings, where this begins or changes one.
   */
  async setAlias(
    alias: string,
    sha256: string | null,
    forced: string | null = null,
    cause: string | null = null,
    settings: string | null = null,
  ): Promise<RegistryState> {
    const name = parseArgument(aliasSchema, alias, "alias");
    const wanted = parseArgument(v.nullable(sha256Text), sha256, "sha256");
    await this.change(
      { [name]: wanted },
      cause === null ? anonymous() : parseText(changeCauseSchema, cause, "cause"),
      forced === null ? undefined : parseText(forcedPromotionSchema, forced, "forced"),
      settings === null ? {} : parseText(settingsChangeSchema, settings, "settings"),
    );
    return this.snapshot();
  }

  /**
   * Changes the running experiment's settings; with `{}` one that is due begins.
   * @param experimentId of the one that is meant; `null` for any.
   * @param forced JSON of a `ForcedPromotion` of the challenger, where its gate is against these settings.
   */
  async setExperiment(
    settings: string,
    cause: string,
    experimentId: string | null = null,
    forced: string | null = null,
  ): Promise<Outcome> {
    const { challenger } = this.aliases;
    if (challenger === undefined) return { ok: false, code: "no_experiment" };
    if (experimentId !== null && this.experiment?.id !== experimentId) return { ok: false, code: "experiment_changed" };
    const why = parseText(changeCauseSchema, cause, "cause");
    const wanted = parseText(settingsChangeSchema, settings, "settings");
    if (forced === null) await this.change({}, why, undefined, wanted);
    else await this.change({ challenger }, why, parseText(forcedPromotionSchema, forced, "forced"), wanted);
    return { ok: true };
  }

  /**
   * Makes the challenger of that experiment champion, unless another one runs by now, or the rule may promote no more.
   */
  async promote(experimentId: string, forced: string | null, cause: string): Promise<Outcome> {
    const experiment = currentExperiment(this.experiment, this.aliases);
    if (experiment === null) return { ok: false, code: "no_experiment" };
    if (experiment.id !== experimentId) return { ok: false, code: "experiment_changed" };
    const why = parseText(changeCauseSchema, cause, "cause");
    if (why.by === "rule" && !experiment.auto) return { ok: false, code: "not_auto" };
    const promotion = forced === null ? undefined : parseText(forcedPromotionSchema, forced, "forced");
    const wanted = { champion: experiment.challenger, challenger: null };
    await this.change(wanted, why, promotion);
    return { ok: true };
  }

  /** Gives champion back to who held it before the change `seq`, if that is still the one that a rollback undoes. */
  async rollBack(seq: number, cause: string): Promise<Outcome> {
    const undone = changeToUndo(this.changes);
    if (undone === undefined) return { ok: false, code: "nothing_to_roll_back" };
    if (undone.seq !== seq) return { ok: false, code: "history_changed" };
    const forced = this.forcedHistory.findLast(({ alias, sha256 }) => alias === "champion" && sha256 === undone.from);
    // What is bundled today is held by nobody's choice, so that the next deployment may bring a better one.
    const champion = undone.from === BUNDLED.champion ? null : undone.from;
    await this.change({ champion }, parseText(changeCauseSchema, cause, "cause"), undefined, {}, forced);
    return { ok: true };
  }

  /**
   * Keeps evidence that was built on what ended with the block `afterBlock`; `false` when another was kept meanwhile.
   */
  async keepEvidence(experimentId: string, afterBlock: number | null, evidence: string): Promise<{ kept: boolean }> {
    const through = this.evidence?.throughBlock ?? null;
    if (this.experiment?.id !== experimentId || through !== afterBlock) return { kept: false };
    await persistFirst<RegistryObject>(this, { evidence: parseText(evidenceSchema, evidence, "evidence") });
    return { kept: true };
  }

  /** @param notice JSON of a `Notice`. */
  async addNotice(notice: string): Promise<RegistryState> {
    const notices = [...this.notices, parseText(noticeSchema, notice, "notice")].slice(-MAX_NOTICES);
    await persistFirst<RegistryObject>(this, { notices });
    return this.snapshot();
  }

  /**
   * One write for all that a change of aliases is.
   * @param promotion a new promotion by force, of the first alias in `wanted`.
   * @param standing one that was recorded before and holds again.
   */
  private async change(
    wanted: Readonly<Partial<Record<Alias, string | null>>>,
    cause: ChangeCause,
    promotion?: ForcedPromotion,
    settings: Partial<ExperimentSettings> = {},
    standing?: ForcedPromotion,
  ): Promise<void> {
    const after = changeAliases(this.aliasState(), wanted, cause, settings);
    const forced = { ...this.forced };
    for (const alias of Object.keys(wanted) as Alias[]) {
      if (after.aliases[alias] !== this.aliases[alias]) delete forced[alias];
    }
    // A challenger that answers nobody needs no force.
    if (after.experiment?.mode !== "split") delete forced.challenger;
    const [first] = Object.keys(wanted) as Alias[];
    const holds = promotion ?? standing;
    if (first !== undefined && holds !== undefined) forced[first] = holds;
    let { forcedHistory } = this;
    if (first !== undefined && promotion !== undefined) {
      forcedHistory = recordPromotion(forcedHistory, first, promotion);
    }
    await persistFirst<RegistryObject>(this, { ...after, changes: [...after.changes], forced, forcedHistory });
  }

  private aliasState(): AliasState {
    const { aliases, experiment, evidence, changes, changeCount, experimentCount } = this;
    return { aliases, experiment, evidence, changes, changeCount, experimentCount };
  }
}

const aliasSchema = oneOf(ALIASES);

/** Throws `TypeError` naming the argument; the caller has an error of the object then. */
function parseArgument<S extends v.GenericSchema>(schema: S, value: unknown, name: string): v.InferOutput<S> {
  return parseOrThrow(schema, value, { name, refuse: (message) => new TypeError(message) });
}

function parseText<S extends v.GenericSchema>(schema: S, text: string, name: string): v.InferOutput<S> {
  return parseArgument(schema, JSON.parse(text), name);
}

function anonymous(): ChangeCause {
  return { atMs: Date.now(), by: "admin", who: null, reason: null };
}
