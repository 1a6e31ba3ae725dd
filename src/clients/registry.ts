// The registry's client: typed methods over JSON texts, and the isolate's cache of its state.
import { proxyDurable } from "itty-durable/proxy-durable.js";
import * as v from "valibot";
import { parseOrThrow } from "../schemas/parse-or-throw.ts";
import { type Change, type ChangeCause, changeSchema } from "../durable/registry/alias-history.ts";
import type { ExperimentSettings } from "../durable/registry/experiment.ts";
import {
  type ForcedPromotion,
  type RecordedPromotion,
  recordedPromotionSchema,
} from "../durable/registry/forced-promotion.ts";
import type { FeedWish } from "../durable/registry/feed-wish.ts";
import { keptBackfillSchema, type NotedBackfill } from "../durable/registry/kept-backfill.ts";
import { LenientReader } from "../durable/itty/lenient-reader.ts";
import type { KeptPriors } from "../durable/registry/kept-priors.ts";
import { type Outcome, outcomeSchema } from "../durable/registry/outcome.ts";
import {
  type Notice,
  type NoticeFilter,
  readRegistrySnapshot,
  readWatches,
  type RegistryState,
} from "../durable/registry/registry-state.ts";
import type { ThresholdChoice } from "../durable/registry/threshold-choice.ts";
import type { FeedVenue } from "../markets/feed/venue-protocol.ts";
import { withDeadline } from "../model/deadline.ts";
import { isFresh } from "../model/is-fresh.ts";
import type { Alias } from "../model/model-host.ts";
import type { SetChanges } from "../model/model-set.ts";
import type { ChampionWatch, GuardRole } from "../quality/promotion/champion-watch.ts";
import { type EvidenceState, evidenceSchema } from "../quality/promotion/sequential-evidence.ts";
import { fields, wholeNumber } from "../schemas/schema-values.ts";
import { bundledOf } from "../settings/bundled-of.ts";
import { type Env, settingsOf } from "../settings.ts";
import { deadlined } from "./deadlined.ts";

/** Options for giving an alias, all optional. */
interface AliasOptions {
  /** Set when the promotion overrules the artifact's gate. */
  readonly forced?: ForcedPromotion | undefined;
  readonly cause?: ChangeCause | undefined;
  readonly settings?: Partial<ExperimentSettings> | undefined;
  /** What a champion brings along. */
  readonly set?: SetChanges | undefined;
}

/** What is kept of an experiment's evidence. */
export interface KeptEvidence {
  readonly evidence: EvidenceState | null;
  /** Symbols with blocks from the archive. */
  readonly backfilled: readonly string[];
  /** Counts the backfills; 0 before the first. */
  readonly backfills: number;
}

type PromoteOptions = Pick<AliasOptions, "forced" | "set">;

/** The registry's typed interface. */
export interface Registry {
  read(): Promise<RegistryState>;
  /** The last `MAX_FORCED_HISTORY` promotions against a gate, newest first, including those no longer in effect. */
  readForcedHistory(): Promise<RecordedPromotion[]>;
  /** The last `MAX_CHANGES` changes, oldest first. */
  readChanges(): Promise<Change[]>;
  /** What is kept for the experiment of that id; `undefined` where another one runs. */
  readEvidence(experimentId: string): Promise<KeptEvidence | undefined>;
  setAlias(alias: Alias, sha256: string | null, options?: AliasOptions): Promise<RegistryState>;
  /** @param experimentId id that the running experiment must have; any if absent. */
  setExperiment(
    settings: Partial<ExperimentSettings>,
    cause: ChangeCause,
    experimentId?: string,
    forced?: ForcedPromotion,
  ): Promise<Outcome>;
  promote(experimentId: string, cause: ChangeCause, options: PromoteOptions): Promise<Outcome>;
  rollBack(seq: number, cause: ChangeCause): Promise<Outcome>;
  setThreshold(alias: Alias, choice: ThresholdChoice): Promise<Outcome>;
  /** Whether the evidence was stored; `false` if another evaluation stored its own since `afterBlock` was read. */
  keepEvidence(
    experimentId: string,
    afterBlock: number | null,
    evidence: EvidenceState,
    backfills: number,
  ): Promise<boolean>;
  /** Records that blocks were backfilled: the evidence begins anew with them. */
  noteBackfill(experimentId: string, noted: NotedBackfill, cause: ChangeCause): Promise<Outcome>;
  /** How the champion does against its guards, as of the last look. */
  readWatches(): Promise<Readonly<Partial<Record<GuardRole, ChampionWatch>>>>;
  /** Whether the watch was stored; `false` if another look stored its own since, or another champion serves. */
  keepWatch(role: GuardRole, beforeMs: number | null, watch: ChampionWatch): Promise<boolean>;
  /** Makes the rival champion in place of `champion`. */
  demote(pair: Pick<ChampionWatch, "champion" | "rival">, cause: ChangeCause, set: SetChanges): Promise<Outcome>;
  /** Keeps what the recalibrations of young symbols begin with. */
  keepPriors(priors: KeptPriors): Promise<RegistryState>;
  addNotice(notice: Notice): Promise<RegistryState>;
  removeNotices(filter: NoticeFilter): Promise<{ readonly removed: number; readonly left: number }>;
  /** Records that a symbol was removed, with `to` null, or made again. */
  recordSymbol(from: string, to: string | null, cause: ChangeCause): Promise<RegistryState>;
  /** Records which products a venue's feed follows; `null` ends the feed. */
  setFeed(venue: FeedVenue, wish: Omit<FeedWish, "revision"> | null, cause: ChangeCause): Promise<RegistryState>;
}

type Method = "snapshot" | "history" | "listChanges" | "readEvidence" | "setAlias" | "setExperiment" | "promote";
type Writer =
  | "rollBack"
  | "setThreshold"
  | "keepEvidence"
  | "noteBackfill"
  | "addNotice"
  | "removeNotices"
  | "recordSymbol"
  | "setFeed";
type Watcher = "readWatches" | "keepWatch" | "demote" | "keepPriors";
type Stub = Record<Method | Writer | Watcher, (...args: unknown[]) => Promise<unknown>>;

const evidenceAnswerSchema = fields({
  experiment: v.nullable(v.string("a text")),
  evidence: v.nullable(evidenceSchema),
  // Absent in answers of older versions.
  backfill: v.nullish(keptBackfillSchema, null),
});
const keptAnswerSchema = fields({ kept: v.boolean("true or false") });
const removedAnswerSchema = fields({ removed: wholeNumber(0), left: wholeNumber(0) });

/** Name of the registry of the environment's grid: each further grid has its own. */
function registryName(env: Env): string {
  const { grid } = settingsOf(env);
  return grid === undefined ? "registry" : `registry:${grid}`;
}

/**
 * The registry of the environment's grid. Its answers are parsed, because it may run another version than the calling
 * isolate.
 */
export function registryOf(env: Env): Registry {
  const ms = settingsOf(env).objectDeadlineMs;
  const name = registryName(env);
  const unlimited = proxyDurable(env.REGISTRY, { name: "REGISTRY", parse: true }).get(name) as Stub;
  const stub = deadlined(unlimited, { kind: "registry", object: name, ms });
  const readSnapshot = (answer: unknown): RegistryState => readRegistrySnapshot(answer, bundledOf(env));
  return {
    read: async () => readSnapshot(await stub.snapshot()),
    readForcedHistory: async () => readableEntries(recordedPromotionSchema, await stub.history()).reverse(),
    readChanges: async () => readableEntries(changeSchema, await stub.listChanges()),
    readEvidence: async (experimentId) => {
      const { experiment, evidence, backfill } = parseAnswer(evidenceAnswerSchema, await stub.readEvidence());
      if (experiment !== experimentId) return undefined;
      const backfilled = backfill?.experiment === experimentId ? backfill.symbols : [];
      return { evidence, backfilled, backfills: backfill?.revision ?? 0 };
    },
    setAlias: async (alias, sha256, { forced, cause, settings, set } = {}) => {
      const texts = [forced, cause, settings, set].map((value) => (value === undefined ? null : asciiJson(value)));
      return readSnapshot(await stub.setAlias(alias, sha256, ...texts));
    },
    setExperiment: async (settings, cause, experimentId, forced) => {
      const promotion = forced === undefined ? null : asciiJson(forced);
      const texts = [asciiJson(settings), asciiJson(cause)];
      return parseAnswer(outcomeSchema, await stub.setExperiment(...texts, experimentId ?? null, promotion));
    },
    promote: async (experimentId, cause, { forced, set }) => {
      const [promotion, brought] = [forced, set].map((value) => (value === undefined ? null : asciiJson(value)));
      return parseAnswer(outcomeSchema, await stub.promote(experimentId, promotion, asciiJson(cause), brought));
    },
    rollBack: async (seq, cause) => parseAnswer(outcomeSchema, await stub.rollBack(seq, asciiJson(cause))),
    setThreshold: async (alias, choice) =>
      parseAnswer(outcomeSchema, await stub.setThreshold(alias, asciiJson(choice))),
    keepEvidence: async (experimentId, afterBlock, evidence, backfills) => {
      const answer = await stub.keepEvidence(experimentId, afterBlock, asciiJson(evidence), backfills);
      return parseAnswer(keptAnswerSchema, answer).kept;
    },
    noteBackfill: async (experimentId, noted, cause) =>
      parseAnswer(outcomeSchema, await stub.noteBackfill(experimentId, asciiJson(noted), asciiJson(cause))),
    readWatches: async () => {
      const reader = new LenientReader();
      const watches = readWatches(await stub.readWatches(), reader);
      reader.report("registry_answer_unreadable");
      return watches;
    },
    keepWatch: async (role, beforeMs, watch) =>
      parseAnswer(keptAnswerSchema, await stub.keepWatch(role, beforeMs, asciiJson(watch))).kept,
    demote: async ({ champion, rival }, cause, set) =>
      parseAnswer(outcomeSchema, await stub.demote(champion, rival, asciiJson(cause), asciiJson(set))),
    keepPriors: async (priors) => readSnapshot(await stub.keepPriors(asciiJson(priors))),
    addNotice: async (notice) => readSnapshot(await stub.addNotice(asciiJson(notice))),
    removeNotices: async (filter) => parseAnswer(removedAnswerSchema, await stub.removeNotices(asciiJson(filter))),
    recordSymbol: async (from, to, cause) => readSnapshot(await stub.recordSymbol(from, to, asciiJson(cause))),
    setFeed: async (venue, wish, cause) => {
      const text = wish === null ? null : asciiJson(wish);
      return readSnapshot(await stub.setFeed(venue, text, asciiJson(cause)));
    },
  };
}

function parseAnswer<S extends v.GenericSchema>(schema: S, answer: unknown): v.InferOutput<S> {
  return parseOrThrow(schema, answer, { name: "registry", refuse: (message) => new TypeError(message) });
}

/** Entries that only a later version can read are left out and logged. */
function readableEntries<S extends v.GenericSchema>(schema: S, answer: unknown): v.InferOutput<S>[] {
  const reader = new LenientReader();
  const entries = reader.entries(schema, answer, "registry");
  reader.report("registry_answer_unreadable");
  return entries;
}

/** ASCII only, because itty-durable sends arguments in a header. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Timeout of a read; the isolate then keeps its last known state. */
const READ_DEADLINE_MS = 5_000;
/** How long an isolate caches the registry's state. */
const CACHE_MS = 10_000;
/** By the registry's name. */
const cached = new Map<string, RegistryState>();
let askedAtMs = -Infinity;

/** How long an isolate waits for its next read while it does not know the state. */
const RETRY_MS = 1_000;

/** Whether a registry read is due. Returns `true` to one caller only, which must then read. */
export function claimRegistryRead(nowMs: number): boolean {
  if (isFresh(askedAtMs, cached.size === 0 ? RETRY_MS : CACHE_MS, nowMs)) return false;
  askedAtMs = nowMs;
  return true;
}

/** Reads the registry and caches the answer: a value, never a promise. */
export async function readRegistry(env: Env): Promise<RegistryState> {
  const late = (): Error => new Error(`registry: no answer in ${READ_DEADLINE_MS} ms`);
  const state = await withDeadline(registryOf(env).read(), READ_DEADLINE_MS, late);
  cached.set(registryName(env), state);
  return state;
}

/** The state that this isolate read last; `undefined` before the first read. */
export function rememberedRegistryState(env: Env): RegistryState | undefined {
  return cached.get(registryName(env));
}
