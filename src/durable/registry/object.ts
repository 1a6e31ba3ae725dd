// The gateway's global state: which artifact holds which alias (and whether by force), the experiment and its evidence,
// the history, and notices for operators. One small object that is rarely written, hence itty-durable. The effects of a
// change are computed in change-aliases.ts.
import { createDurable } from "itty-durable/itty-durable.js";
import * as v from "valibot";
import { parseOrThrow } from "../../schemas/parse-or-throw.ts";
import type { BundledSet } from "../../model/bundled.ts";
import { SET_ALIASES } from "../../model/manifest.ts";
import { ALIASES, type Alias, wantedBy } from "../../model/model-host.ts";
import { type SetChanges, storedHolder } from "../../model/model-set.ts";
import {
  type ChampionWatch,
  championWatchSchema,
  GUARD_ROLES,
  type GuardRole,
} from "../../quality/promotion/champion-watch.ts";
import { type EvidenceState, evidenceSchema } from "../../quality/promotion/sequential-evidence.ts";
import { fields, oneOf, sha256Text } from "../../schemas/schema-values.ts";
import { type Env, onGrid } from "../../settings.ts";
import { bundledOf } from "../../settings/bundled-of.ts";
import {
  type Change,
  type ChangeCause,
  changeCauseSchema,
  changeToUndo,
  recordChanges,
  setToUndo,
} from "./alias-history.ts";
import { type AliasState, changeAliases } from "./change-aliases.ts";
import {
  type Compared,
  describeExperiment,
  type Experiment,
  type ExperimentSettings,
  settingsChangeSchema,
} from "./experiment.ts";
import {
  type ForcedPromotion,
  forcedPromotionSchema,
  type RecordedPromotion,
  recordPromotion,
} from "./forced-promotion.ts";
import { describeFeed, type FeedWish, feedWishSchema, isSameFeed } from "./feed-wish.ts";
import { type KeptBackfill, notedBackfillSchema, withNoted } from "./kept-backfill.ts";
import { type KeptPriors, keptPriorsSchema, NO_PRIORS } from "./kept-priors.ts";
import { FEED_VENUES, type FeedVenue } from "../../markets/feed/venue-protocol.ts";
import type { Outcome } from "./outcome.ts";
import { persistFirst } from "../itty/persist-first.ts";
import {
  currentExperiment,
  heldThresholds,
  type Notice,
  noticeFilterSchema,
  noticeSchema,
  readStoredRegistry,
  type RegistryState,
  type StoredRegistry,
  watchesOf,
} from "./registry-state.ts";
import {
  describeThreshold,
  type ThresholdChoice,
  type ThresholdChoices,
  thresholdChoiceSchema,
} from "./threshold-choice.ts";

const MAX_NOTICES = 20;

/** Object arguments are JSON texts: itty-durable passes arguments in a header. */
export class RegistryObject extends createDurable() implements StoredRegistry {
  aliases: Partial<Record<Alias, string>> = {};
  forced: Partial<Record<Alias, ForcedPromotion>> = {};
  thresholds: ThresholdChoices = {};
  notices: Notice[] = [];
  forcedHistory: RecordedPromotion[] = [];
  experiment: Experiment | null = null;
  evidence: EvidenceState | null = null;
  backfill: KeptBackfill | null = null;
  feeds: Partial<Record<FeedVenue, FeedWish>> = {};
  feedRevision = 0;
  changes: Change[] = [];
  changeCount = 0;
  experimentCount = 0;
  compared: Compared | null = null;
  watches: Partial<Record<GuardRole, ChampionWatch>> = {};
  priors: KeptPriors = NO_PRIORS;

  /** Called by itty-durable after it loaded the stored values into the fields. */
  override onLoad(): Promise<void> {
    Object.assign(this, readStoredRegistry(this, this.bundled));
    return Promise.resolve();
  }

  snapshot(): RegistryState {
    const { aliases, forced, thresholds, notices, experiment, feeds, priors } = this;
    return { aliases, forced, thresholds, notices, experiment, feeds, priors };
  }

  /** Separate from the snapshot, which every isolate reads every few seconds. */
  history(): readonly RecordedPromotion[] {
    return this.forcedHistory;
  }

  listChanges(): readonly Change[] {
    return this.changes;
  }

  readEvidence(): {
    readonly experiment: string | null;
    readonly evidence: EvidenceState | null;
    readonly backfill: KeptBackfill | null;
  } {
    return { experiment: this.experiment?.id ?? null, evidence: this.evidence, backfill: this.backfill };
  }

  /**
   * Gives an alias to an artifact, or back to the bundled model with `null`. Durable before the answer.
   * @param forced JSON of a `ForcedPromotion`; `null` when not forced. A change of artifact ends the alias's earlier
   * forced promotion, which stays in the history.
   * @param cause JSON of a `ChangeCause`; absent when the operator gives no reason.
   * @param settings JSON of the experiment's settings, if this begins or changes an experiment.
   * @param set JSON of the `SetChanges` that a champion brings along, in the same write.
   */
  async setAlias(
    alias: string,
    sha256: string | null,
    forced: string | null = null,
    cause: string | null = null,
    settings: string | null = null,
    set: string | null = null,
  ): Promise<RegistryState> {
    const name = parseArgument(aliasSchema, alias, "alias");
    const wanted = parseArgument(v.nullable(sha256Text), sha256, "sha256");
    await this.change(
      { [name]: wanted, ...parseSet(set) },
      cause === null ? anonymous() : parseText(changeCauseSchema, cause, "cause"),
      forced === null ? undefined : parseText(forcedPromotionSchema, forced, "forced"),
      settings === null ? {} : parseText(settingsChangeSchema, settings, "settings"),
    );
    return this.snapshot();
  }

  /**
   * Changes the running experiment's settings. With `{}` it only begins an experiment that is due.
   * @param experimentId id that the running experiment must have; `null` for any.
   * @param forced JSON of a `ForcedPromotion` of the challenger, needed when its gate refuses these settings.
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
   * Makes the challenger of that experiment champion. Refused if another experiment runs, or if the rule may no longer
   * promote.
   * @param set as for `setAlias`.
   */
  async promote(
    experimentId: string,
    forced: string | null,
    cause: string,
    set: string | null = null,
  ): Promise<Outcome> {
    const experiment = currentExperiment(this.experiment, this.aliases, this.bundled);
    if (experiment === null) return { ok: false, code: "no_experiment" };
    if (experiment.id !== experimentId) return { ok: false, code: "experiment_changed" };
    const why = parseText(changeCauseSchema, cause, "cause");
    if (why.by === "rule" && !experiment.auto) return { ok: false, code: "not_auto" };
    const promotion = forced === null ? undefined : parseText(forcedPromotionSchema, forced, "forced");
    const wanted = { champion: experiment.challenger, challenger: null, ...parseSet(set) };
    await this.change(wanted, why, promotion);
    return { ok: true };
  }

  /**
   * Gives the champion alias back to the artifact before the change `seq`, if a rollback would still undo that change,
   * and the aliases that changed with it.
   */
  async rollBack(seq: number, cause: string): Promise<Outcome> {
    const undone = changeToUndo(this.changes);
    if (undone === undefined) return { ok: false, code: "nothing_to_roll_back" };
    if (undone.seq !== seq) return { ok: false, code: "history_changed" };
    const forced = this.forcedHistory.findLast(({ alias, sha256 }) => alias === "champion" && sha256 === undone.from);
    const champion = undone.from === null ? null : storedHolder("champion", undone.from, this.bundled);
    const set = setToUndo(this.changes, seq, (alias) => wantedBy(this.aliases, alias, this.bundled), this.bundled);
    await this.change({ champion, ...set }, parseText(changeCauseSchema, cause, "cause"), undefined, {}, forced);
    return { ok: true };
  }

  /**
   * Sets the threshold under which the holder of an alias serves, until another artifact holds the alias. That of its
   * manifest ends an earlier choice. No entry in the history when nothing changes.
   * @param choice JSON of a `ThresholdChoice`.
   */
  async setThreshold(alias: string, choice: string): Promise<Outcome> {
    const name = parseArgument(aliasSchema, alias, "alias");
    const wanted = parseText(thresholdChoiceSchema, choice, "choice");
    const { sha256, threshold, manifestThreshold, atMs, by: who, reason } = wanted;
    if (sha256 !== wantedBy(this.aliases, name, this.bundled)) return { ok: false, code: "alias_changed" };
    const before = this.thresholds[name]?.threshold ?? manifestThreshold;
    if (before === threshold) return { ok: true };
    const thresholds: Partial<Record<Alias, ThresholdChoice>> = { ...this.thresholds, [name]: wanted };
    if (threshold === manifestThreshold) delete thresholds[name];
    const [from, to] = [describeThreshold(name, before), describeThreshold(name, threshold)];
    await this.recordChange({ atMs, what: "threshold", from, to, by: "admin", who, reason }, { thresholds });
    return { ok: true };
  }

  /**
   * Stores evidence that continues the one ending with block `afterBlock`; `false` when other evidence was stored
   * meanwhile, or blocks were backfilled.
   * @param backfills the `revision` of the last backfill that the evidence may include; 0 before the first.
   */
  async keepEvidence(
    experimentId: string,
    afterBlock: number | null,
    evidence: string,
    backfills = 0,
  ): Promise<{ kept: boolean }> {
    const through = this.evidence?.throughBlock ?? null;
    if (this.experiment?.id !== experimentId || through !== afterBlock) return { kept: false };
    if ((this.backfill?.revision ?? 0) !== backfills) return { kept: false };
    await persistFirst<RegistryObject>(this, { evidence: parseText(evidenceSchema, evidence, "evidence") });
    return { kept: true };
  }

  /**
   * Records that blocks of symbols were backfilled: the evidence of the experiment begins anew with them.
   * @param noted JSON of a `NotedBackfill`. @param cause JSON of a `ChangeCause`.
   */
  async noteBackfill(experimentId: string, noted: string, cause: string): Promise<Outcome> {
    const experiment = currentExperiment(this.experiment, this.aliases, this.bundled);
    if (experiment === null) return { ok: false, code: "no_experiment" };
    if (experiment.id !== experimentId) return { ok: false, code: "experiment_changed" };
    const { symbols, text } = parseText(notedBackfillSchema, noted, "noted");
    const { atMs, by, who, reason } = parseText(changeCauseSchema, cause, "cause");
    const backfill = withNoted(this.backfill, experimentId, symbols);
    const from = describeExperiment(experiment);
    const change = { atMs, what: "experiment", from, to: `${from}, ${text}`, by, who, reason } as const;
    await this.recordChange(change, { backfill, evidence: null });
    return { ok: true };
  }

  readWatches(): Partial<Record<GuardRole, ChampionWatch>> {
    return this.watches;
  }

  /**
   * Stores a watch that continues the one of `beforeMs`; `false` when another one was stored meanwhile.
   * @param watch JSON of a `ChampionWatch`, for the champion that serves; @param beforeMs `atMs` of the watch that it
   * continues, `null` for none.
   */
  async keepWatch(role: string, beforeMs: number | null, watch: string): Promise<{ kept: boolean }> {
    const name = parseArgument(guardSchema, role, "role");
    const wanted = parseText(championWatchSchema, watch, "watch");
    const isCurrent = wanted.champion === wantedBy(this.aliases, "champion", this.bundled);
    if (!isCurrent || (this.watches[name]?.atMs ?? null) !== beforeMs) return { kept: false };
    await persistFirst<RegistryObject>(this, { watches: { ...this.watches, [name]: wanted } });
    return { kept: true };
  }

  /**
   * Makes the rival of a watch champion, in place of `champion`, and ends the watches. Refused if another champion
   * serves. The one that goes does not become predecessor: only an experiment can promote it again.
   * @param set as for `setAlias`.
   */
  async demote(champion: string, rival: string, cause: string, set: string | null = null): Promise<Outcome> {
    if (champion !== wantedBy(this.aliases, "champion", this.bundled)) return { ok: false, code: "alias_changed" };
    const next = storedHolder("champion", parseArgument(sha256Text, rival, "rival"), this.bundled);
    const wanted = { champion: next, predecessor: null, ...parseSet(set) };
    const forced = this.forcedHistory.findLast(({ alias, sha256 }) => alias === "champion" && sha256 === rival);
    await this.change(wanted, parseText(changeCauseSchema, cause, "cause"), undefined, {}, forced);
    return { ok: true };
  }

  /** Keeps what the recalibrations of young symbols begin with. @param priors JSON of `KeptPriors`. */
  async keepPriors(priors: string): Promise<RegistryState> {
    await persistFirst<RegistryObject>(this, { priors: parseText(keptPriorsSchema, priors, "priors") });
    return this.snapshot();
  }

  /** The newest notice of a symbol and a code replaces the earlier one. @param notice JSON of a `Notice`. */
  async addNotice(notice: string): Promise<RegistryState> {
    const added = parseText(noticeSchema, notice, "notice");
    const others = this.notices.filter(({ symbol, code }) => symbol !== added.symbol || code !== added.code);
    await persistFirst<RegistryObject>(this, { notices: [...others, added].slice(-MAX_NOTICES) });
    return this.snapshot();
  }

  /** Removes notices. @param filter JSON of a `NoticeFilter`. */
  async removeNotices(filter: string): Promise<{ removed: number; left: number }> {
    const { symbol, code } = parseText(noticeFilterSchema, filter, "filter");
    const notices = this.notices.filter(
      (notice) => notice.symbol !== (symbol ?? notice.symbol) || notice.code !== (code ?? notice.code),
    );
    const removed = this.notices.length - notices.length;
    if (removed > 0) await persistFirst<RegistryObject>(this, { notices });
    return { removed, left: notices.length };
  }

  /**
   * Records that a symbol was removed, with `to` null, or made again.
   * @param cause JSON of a `ChangeCause`.
   */
  async recordSymbol(from: string, to: string | null, cause: string): Promise<RegistryState> {
    const { atMs, by, who, reason } = parseText(changeCauseSchema, cause, "cause");
    await this.recordChange({ atMs, what: "symbol", from, to, by, who, reason });
    return this.snapshot();
  }

  /**
   * Records which products a venue's feed follows, and from where. No entry in the history when nothing changes.
   * @param wish JSON of a `FeedWish` without its revision; `null` ends the feed.
   * @param cause JSON of a `ChangeCause`.
   */
  async setFeed(venue: string, wish: string | null, cause: string): Promise<RegistryState> {
    const name = parseArgument(oneOf(FEED_VENUES), venue, "venue");
    const before = this.feeds[name];
    const feedRevision = this.feedRevision + 1;
    const after =
      wish === null
        ? undefined
        : parseArgument(feedWishSchema, { ...(JSON.parse(wish) as object), revision: feedRevision }, "wish");
    if (isSameFeed(before, after)) return this.snapshot();
    const [from, to] = [before, after].map((one) => (one === undefined ? null : describeFeed(name, one)));
    const feeds = { ...this.feeds };
    if (after === undefined) delete feeds[name];
    else feeds[name] = after;
    const { atMs, by, who, reason } = parseText(changeCauseSchema, cause, "cause");
    const change = { atMs, what: "feed", from: from!, to: to!, by, who, reason } as const;
    await this.recordChange(change, { feeds, feedRevision });
    return this.snapshot();
  }

  /**
   * Applies a change of aliases in one write.
   * @param promotion a new forced promotion, for the first alias in `wanted`.
   * @param standing a recorded forced promotion that applies again.
   */
  private async change(
    wanted: Readonly<Partial<Record<Alias, string | null>>>,
    cause: ChangeCause,
    promotion?: ForcedPromotion,
    settings: Partial<ExperimentSettings> = {},
    standing?: ForcedPromotion,
  ): Promise<void> {
    const { bundled } = this;
    const after = changeAliases(this.aliasState(), wanted, cause, { bundled, settings });
    const forced = { ...this.forced };
    for (const alias of Object.keys(wanted) as Alias[]) {
      if (after.aliases[alias] !== this.aliases[alias]) delete forced[alias];
    }
    // A challenger that answers no request needs no forced promotion.
    if (after.experiment?.mode !== "split") delete forced.challenger;
    const [first] = Object.keys(wanted) as Alias[];
    const holds = promotion ?? standing;
    if (first !== undefined && holds !== undefined) forced[first] = holds;
    let { forcedHistory } = this;
    if (first !== undefined && promotion !== undefined) {
      forcedHistory = recordPromotion(forcedHistory, first, promotion);
    }
    const thresholds = heldThresholds(this.thresholds, after.aliases, bundled);
    const watches = watchesOf(this.watches, after.aliases, bundled);
    const changed = { ...after, changes: [...after.changes], forced, forcedHistory, thresholds, watches };
    await persistFirst<RegistryObject>(this, changed);
  }

  /** Stores a history entry without figures, and what changed with it, in one write. */
  private async recordChange(
    change: Omit<Change, "seq" | "figures" | "with">,
    changed: Partial<Pick<StoredRegistry, "thresholds" | "feeds" | "feedRevision" | "backfill" | "evidence">> = {},
  ): Promise<void> {
    const seq = this.changeCount + 1;
    const changes = recordChanges(this.changes, [{ seq, ...change, figures: null, with: null }]);
    await persistFirst<RegistryObject>(this, { ...changed, changes, changeCount: seq });
  }

  /** The models of aliases without an artifact: those of the registry's grid. */
  private get bundled(): BundledSet {
    const { env, idFromName = "" } = this.state as { readonly env: Env; readonly idFromName?: string };
    const [, grid] = idFromName.split(":");
    return bundledOf(onGrid(env, grid) ?? env);
  }

  private aliasState(): AliasState {
    const { aliases, experiment, evidence, changes, changeCount, experimentCount, compared } = this;
    return { aliases, experiment, evidence, changes, changeCount, experimentCount, compared };
  }
}

const aliasSchema = oneOf(ALIASES);
const guardSchema = oneOf(GUARD_ROLES);
const setSchema = fields(v.entriesFromList(SET_ALIASES, v.exactOptional(v.nullable(sha256Text))));

function parseSet(set: string | null): SetChanges {
  return set === null ? {} : parseText(setSchema, set, "set");
}

/** Throws `TypeError` naming the argument; the caller gets it as the object's error. */
function parseArgument<S extends v.GenericSchema>(schema: S, value: unknown, name: string): v.InferOutput<S> {
  return parseOrThrow(schema, value, { name, refuse: (message) => new TypeError(message) });
}

function parseText<S extends v.GenericSchema>(schema: S, text: string, name: string): v.InferOutput<S> {
  return parseArgument(schema, JSON.parse(text), name);
}

function anonymous(): ChangeCause {
  return { atMs: Date.now(), by: "admin", who: null, reason: null };
}
