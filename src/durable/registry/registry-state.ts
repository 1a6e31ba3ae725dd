// Parses the registry's stored state, and the part of it that every isolate reads every few seconds.
import * as v from "valibot";
import { parseOrThrow } from "../../schemas/parse-or-throw.ts";
import type { BundledSet } from "../../model/bundled.ts";
import { ALIASES, type Alias, type Aliases, wantedBy } from "../../model/model-host.ts";
import {
  type ChampionWatch,
  championWatchSchema,
  GUARD_ROLES,
  type GuardRole,
} from "../../quality/promotion/champion-watch.ts";
import { type EvidenceState, evidenceSchema } from "../../quality/promotion/sequential-evidence.ts";
import { anyObject, fields, finiteNumber, oneOf, wholeNumber, type Parsed } from "../../schemas/schema-values.ts";
import { type Change, changeSchema } from "./alias-history.ts";
import { type Compared, comparedSchema, type Experiment, experimentSchema } from "./experiment.ts";
import { type KeptBackfill, keptBackfillSchema } from "./kept-backfill.ts";
import { type KeptPriors, keptPriorsSchema, NO_PRIORS } from "./kept-priors.ts";
import {
  type ForcedPromotion,
  forcedPromotionSchema,
  type RecordedPromotion,
  recordedPromotionSchema,
} from "./forced-promotion.ts";
import { LenientReader } from "../itty/lenient-reader.ts";
import { NOTICE_CODES } from "./notice-codes.ts";
import { type FeedWish, feedWishSchema, type FeedWishes } from "./feed-wish.ts";
import { FEED_VENUES, type FeedVenue } from "../../markets/feed/venue-protocol.ts";
import { type ThresholdChoice, type ThresholdChoices, thresholdChoiceSchema } from "./threshold-choice.ts";

/** An event of a symbol that an operator should look at, newest last. */
export const noticeSchema = fields({
  atMs: finiteNumber(),
  symbol: v.string("a text"),
  code: oneOf(NOTICE_CODES),
  message: v.string("a text"),
});
export type Notice = Parsed<typeof noticeSchema>;

/** Which notices are acknowledged: all that have what is given. */
export const noticeFilterSchema = fields({
  symbol: v.optional(v.string("a text")),
  code: v.optional(oneOf(NOTICE_CODES)),
});
export type NoticeFilter = Parsed<typeof noticeFilterSchema>;

export interface RegistryState {
  readonly aliases: Aliases;
  /** By alias: the forced promotion of the artifact that holds it, if its gate was overruled. */
  readonly forced: Readonly<Partial<Record<Alias, ForcedPromotion>>>;
  /** By alias: the threshold that was chosen for the artifact that holds it. Empty in answers of older versions. */
  readonly thresholds: ThresholdChoices;
  readonly notices: readonly Notice[];
  /** `null` without a challenger, and when a new deployment's bundled champion differs from the one it began with. */
  readonly experiment: Experiment | null;
  /** The feeds that run in the gateway. Empty in answers of older versions. */
  readonly feeds: FeedWishes;
  /** What recalibrations begin with. None in answers of older versions. */
  readonly priors: KeptPriors;
}

/** The registry's complete stored state. */
export interface StoredRegistry {
  aliases: Partial<Record<Alias, string>>;
  forced: Partial<Record<Alias, ForcedPromotion>>;
  thresholds: ThresholdChoices;
  notices: Notice[];
  forcedHistory: RecordedPromotion[];
  experiment: Experiment | null;
  /** Evidence of the running experiment. */
  evidence: EvidenceState | null;
  /** The last backfill of any experiment. */
  backfill: KeptBackfill | null;
  feeds: Partial<Record<FeedVenue, FeedWish>>;
  /** Changes of feeds, ever: the next wish's revision is one more. */
  feedRevision: number;
  changes: Change[];
  /** Total number of changes and experiments. */
  changeCount: number;
  experimentCount: number;
  compared: Compared | null;
  /** By guard: how the champion does against it. */
  watches: Partial<Record<GuardRole, ChampionWatch>>;
  priors: KeptPriors;
}

const text = v.string("a text");
const NOTHING: Readonly<Record<string, unknown>> = {};

/** Parses the stored state of any version. Unreadable parts are left out and logged. */
export function readStoredRegistry(
  stored: Readonly<Partial<Record<keyof StoredRegistry, unknown>>>,
  bundled: BundledSet,
): StoredRegistry {
  const reader = new LenientReader();
  const read: StoredRegistry = {
    ...readAliases(stored, reader, bundled),
    notices: reader.entries(noticeSchema, stored.notices, "notices"),
    forcedHistory: reader.entries(recordedPromotionSchema, stored.forcedHistory, "forcedHistory"),
    experiment: reader.field(v.nullable(experimentSchema), stored.experiment, "experiment", null),
    evidence: reader.field(v.nullable(evidenceSchema), stored.evidence, "evidence", null),
    backfill: reader.field(v.nullable(keptBackfillSchema), stored.backfill, "backfill", null),
    feeds: readFeeds(stored.feeds, reader),
    feedRevision: reader.field(wholeNumber(0), stored.feedRevision, "feedRevision", 0),
    changes: reader.entries(changeSchema, stored.changes, "changes"),
    changeCount: reader.field(wholeNumber(0), stored.changeCount, "changeCount", 0),
    experimentCount: reader.field(wholeNumber(0), stored.experimentCount, "experimentCount", 0),
    compared: reader.field(v.nullable(comparedSchema), stored.compared, "compared", null),
    watches: readWatches(stored.watches, reader),
    priors: readPriors(stored.priors, reader),
  };
  reader.report("registry_state_unreadable");
  return read;
}

/**
 * Parses an answer of the registry, which may run another version than the calling isolate. Throws if it is not an
 * object.
 */
export function readRegistrySnapshot(answer: unknown, bundled: BundledSet): RegistryState {
  const refuse = (message: string): Error => new TypeError(message);
  const snapshot = parseOrThrow(anyObject, answer, { name: "registry", refuse });
  const reader = new LenientReader();
  const { aliases, forced, thresholds } = readAliases(snapshot, reader, bundled);
  const experiment = reader.field(v.nullable(experimentSchema), snapshot["experiment"], "experiment", null);
  const notices = reader.entries(noticeSchema, snapshot["notices"], "notices");
  const feeds = readFeeds(snapshot["feeds"], reader);
  const priors = readPriors(snapshot["priors"], reader);
  reader.report("registry_answer_unreadable");
  const running = currentExperiment(experiment, aliases, bundled);
  return { aliases, forced, thresholds, notices, experiment: running, feeds, priors };
}

/** The experiment; `null` if champion or challenger has changed since it began. */
export function currentExperiment(
  experiment: Experiment | null,
  aliases: Aliases,
  bundled: BundledSet,
): Experiment | null {
  if (experiment === null) return null;
  const { champion, challenger } = experiment;
  return champion === wantedBy(aliases, "champion", bundled) && challenger === aliases.challenger ? experiment : null;
}

/** Keeps a forced promotion and a threshold only if its artifact still holds the alias. */
function readAliases(
  raw: { readonly aliases?: unknown; readonly forced?: unknown; readonly thresholds?: unknown },
  reader: LenientReader,
  bundled: BundledSet,
): Pick<StoredRegistry, "aliases" | "forced" | "thresholds"> {
  const stored = reader.field(anyObject, raw.aliases, "aliases", NOTHING);
  const storedForced = reader.field(anyObject, raw.forced, "forced", NOTHING);
  const aliases: Partial<Record<Alias, string>> = {};
  const forced: Partial<Record<Alias, ForcedPromotion>> = {};
  for (const alias of ALIASES) {
    const sha256 = reader.field(text, stored[alias], `aliases.${alias}`, undefined);
    if (sha256 === undefined) continue;
    aliases[alias] = sha256;
    const promotion = reader.field(forcedPromotionSchema, storedForced[alias], `forced.${alias}`, undefined);
    if (promotion?.sha256 === sha256) forced[alias] = promotion;
  }
  return { aliases, forced, thresholds: heldThresholds(readThresholds(raw.thresholds, reader), aliases, bundled) };
}

function readFeeds(raw: unknown, reader: LenientReader): Partial<Record<FeedVenue, FeedWish>> {
  const stored = reader.field(anyObject, raw, "feeds", NOTHING);
  const feeds: Partial<Record<FeedVenue, FeedWish>> = {};
  for (const venue of FEED_VENUES) {
    const wish = reader.field(feedWishSchema, stored[venue], `feeds.${venue}`, undefined);
    if (wish !== undefined) feeds[venue] = wish;
  }
  return feeds;
}

/** Priors that are unreadable are pooled anew; until then recalibrations begin with the identity. */
function readPriors(raw: unknown, reader: LenientReader): KeptPriors {
  return reader.field(keptPriorsSchema, raw, "priors", NO_PRIORS);
}

/** Watches that are unreadable begin anew. */
export function readWatches(raw: unknown, reader: LenientReader): Partial<Record<GuardRole, ChampionWatch>> {
  const stored = reader.field(anyObject, raw, "watches", NOTHING);
  const watches: Partial<Record<GuardRole, ChampionWatch>> = {};
  for (const role of GUARD_ROLES) {
    const watch = reader.field(championWatchSchema, stored[role], `watches.${role}`, undefined);
    if (watch !== undefined) watches[role] = watch;
  }
  return watches;
}

function readThresholds(raw: unknown, reader: LenientReader): ThresholdChoices {
  const stored = reader.field(anyObject, raw, "thresholds", NOTHING);
  const thresholds: Partial<Record<Alias, ThresholdChoice>> = {};
  for (const alias of ALIASES) {
    const choice = reader.field(thresholdChoiceSchema, stored[alias], `thresholds.${alias}`, undefined);
    if (choice !== undefined) thresholds[alias] = choice;
  }
  return thresholds;
}

/** The watches whose two models still hold their aliases. */
export function watchesOf(
  watches: Readonly<Partial<Record<GuardRole, ChampionWatch>>>,
  aliases: Aliases,
  bundled: BundledSet,
): Partial<Record<GuardRole, ChampionWatch>> {
  const holds = ([role, { champion, rival }]: [string, ChampionWatch]): boolean =>
    champion === wantedBy(aliases, "champion", bundled) && rival === wantedBy(aliases, role as GuardRole, bundled);
  return Object.fromEntries(Object.entries(watches).filter(holds));
}

/** The thresholds whose artifact holds the alias. */
export function heldThresholds(thresholds: ThresholdChoices, aliases: Aliases, bundled: BundledSet): ThresholdChoices {
  const isHeld = ([alias, choice]: [string, ThresholdChoice]): boolean =>
    choice.sha256 === wantedBy(aliases, alias as Alias, bundled);
  return Object.fromEntries(Object.entries(thresholds).filter(isHeld));
}
