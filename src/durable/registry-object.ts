// The gateway's few global facts: which artifact holds which alias, by force or not, and notices that operators must see.
// One object, small and rarely written, which is what itty-durable is right for.
import { createDurable } from "itty-durable/itty-durable.js";
import { proxyDurable } from "itty-durable/proxy-durable.js";
import { withDeadline } from "../model/deadline.ts";
import { ALIASES, type Alias, type Aliases } from "../model/model-host.ts";
import type { Env } from "./environment.ts";
import {
  type ForcedPromotion,
  parseForcedHistory,
  parseForcedPromotion,
  type RecordedPromotion,
  recordPromotion,
} from "./forced-promotion.ts";
import { persistFirst } from "./persist-first.ts";

/** Something that happened to a symbol and deserves a look, newest last. */
export interface Notice {
  readonly atMs: number;
  readonly symbol: string;
  readonly code: "snapshot_rebuilt" | "slots_unreadable";
  readonly message: string;
}

export interface RegistryState {
  readonly aliases: Aliases;
  /** By alias, where the artifact that holds it was promoted against its gate. */
  readonly forced: Readonly<Partial<Record<Alias, ForcedPromotion>>>;
  readonly notices: readonly Notice[];
}

const MAX_NOTICES = 20;

export class RegistryObject extends createDurable() {
  aliases: Partial<Record<Alias, string>> = {};
  forced: Partial<Record<Alias, ForcedPromotion>> = {};
  notices: Notice[] = [];
  forcedHistory: RecordedPromotion[] = [];

  snapshot(): RegistryState {
    return { aliases: this.aliases, forced: this.forced, notices: this.notices };
  }

  /** Apart from the snapshot, which every isolate reads every few seconds. */
  history(): readonly RecordedPromotion[] {
    return this.forcedHistory;
  }

  /**
   * Gives an alias to an artifact, or back to the bundled model with `null`. Durable before the answer.
   * @param forced JSON of the `ForcedPromotion` that this is, `null` when it is none: whatever held the alias by force
   * holds it no more, but stays in the history.
   */
  async setAlias(alias: Alias, sha256: string | null, forced: string | null): Promise<RegistryState> {
    const aliases = { ...this.aliases };
    const allForced = { ...this.forced };
    if (sha256 === null) delete aliases[alias];
    else aliases[alias] = sha256;
    let { forcedHistory } = this;
    if (forced === null) delete allForced[alias];
    else {
      const promotion = (allForced[alias] = JSON.parse(forced) as ForcedPromotion);
      forcedHistory = recordPromotion(forcedHistory, alias, promotion);
    }
    await persistFirst<RegistryObject>(this, { aliases, forced: allForced, forcedHistory });
    return this.snapshot();
  }

  /** @param notice JSON of a `Notice`. */
  async addNotice(notice: string): Promise<RegistryState> {
    const notices = [...this.notices, JSON.parse(notice) as Notice].slice(-MAX_NOTICES);
    await persistFirst<RegistryObject>(this, { notices });
    return this.snapshot();
  }
}

/** The registry as its callers see it. */
export interface Registry {
  read(): Promise<RegistryState>;
  /** The last `MAX_FORCED_HISTORY` promotions against a gate, newest first, whatever became of them. */
  readForcedHistory(): Promise<RecordedPromotion[]>;
  /** @param forced set when the promotion goes against the artifact's gate. */
  setAlias(alias: Alias, sha256: string | null, forced?: ForcedPromotion): Promise<RegistryState>;
  addNotice(notice: Notice): Promise<RegistryState>;
}

type Stub = Record<"snapshot" | "history" | "setAlias" | "addNotice", (...args: unknown[]) => Promise<unknown>>;

/** The one registry. What comes back from its storage is parsed like anything from outside. */
export function registryOf(env: Env): Registry {
  const stub = proxyDurable(env.REGISTRY, { name: "REGISTRY", parse: true }).get("registry") as Stub;
  return {
    read: async () => parseRegistryState(await stub.snapshot()),
    readForcedHistory: async () => parseForcedHistory(await stub.history()).reverse(),
    setAlias: async (alias, sha256, forced) =>
      parseRegistryState(await stub.setAlias(alias, sha256, forced === undefined ? null : asciiJson(forced))),
    addNotice: async (notice) => parseRegistryState(await stub.addNotice(asciiJson(notice))),
  };
}

/** itty-durable sends arguments in a header, which carries no other characters. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function parseRegistryState(value: unknown): RegistryState {
  const raw = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const stored = (raw["aliases"] ?? {}) as Readonly<Record<string, unknown>>;
  const storedForced = (raw["forced"] ?? {}) as Readonly<Record<string, unknown>>;
  const aliases: Partial<Record<Alias, string>> = {};
  const forced: Partial<Record<Alias, ForcedPromotion>> = {};
  for (const alias of ALIASES) {
    const sha256 = stored[alias];
    if (typeof sha256 !== "string") continue;
    aliases[alias] = sha256;
    const promotion = parseForcedPromotion(storedForced[alias]);
    if (promotion?.sha256 === sha256) forced[alias] = promotion;
  }
  return { aliases, forced, notices: Array.isArray(raw["notices"]) ? (raw["notices"] as Notice[]) : [] };
}

/** Without an answer by then an isolate goes on with what it knew. */
const READ_DEADLINE_MS = 5_000;
/** How long an isolate believes what it read. */
const CACHE_MS = 10_000;
let cached: RegistryState | undefined;
let askedAtMs = -Infinity;

/** Whether it is time to ask the registry again; a `true` is given to one caller, who then asks. */
export function claimRegistryRead(nowMs: number): boolean {
  if (nowMs - askedAtMs < CACHE_MS) return false;
  askedAtMs = nowMs;
  return true;
}

/** Asks the registry and remembers the answer: a value, never a promise. */
export async function readRegistry(env: Env): Promise<RegistryState> {
  const late = (): Error => new Error(`registry: no answer in ${READ_DEADLINE_MS} ms`);
  return (cached = await withDeadline(registryOf(env).read(), READ_DEADLINE_MS, late));
}

/** What this isolate read last, `undefined` before the first time. */
export function rememberedRegistryState(): RegistryState | undefined {
  return cached;
}
