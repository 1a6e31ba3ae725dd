// Why the gateway is degraded: the catalogue of reasons. `/health` and `volgate_degraded` take no other code.

/**
 * Hash buckets of the directory, each with its own `directory_unavailable`. Must never change: a name is looked up
 * in its own bucket only.
 */
export const DIRECTORY_BUCKETS = 16;

interface ReasonEntry {
  /** What a subject of the reason is: one is counted once, however many isolates saw it. */
  readonly of: "symbol" | "alias" | "feed" | "gateway";
  readonly meaning: string;
}

export const HEALTH_REASONS = {
  no_champion: { of: "gateway", meaning: "No usable model holds the alias champion." },
  stand_in_model: {
    of: "alias",
    meaning: "Another model than the one that the registry names serves, or it is not known which one that is.",
  },
  artifact_refused: { of: "alias", meaning: "The artifact that the registry names was refused." },
  runtime_failed: { of: "gateway", meaning: "The WASM runtime did not start: models that need it give no score." },
  registry_unavailable: { of: "gateway", meaning: "The registry did not answer: aliases may be old." },
  directory_unavailable: {
    of: "gateway",
    meaning: "Buckets of the directory did not answer: no new symbol of theirs is taken.",
  },
  ingest_failed: { of: "symbol", meaning: "A symbol's last batch was not taken." },
  symbol_failed: { of: "symbol", meaning: "A symbol's object did not answer a question." },
  archive_failed: { of: "symbol", meaning: "Ticks could not be written to the archive; they wait." },
  archive_backlog: { of: "symbol", meaning: "64 MB of ticks wait for the archive: batches are refused with 429." },
  no_probability: { of: "symbol", meaning: "The champion gives no probability although the symbol is warm." },
  feed_down: { of: "feed", meaning: "A venue's feed is not live: no tick of it comes in." },
  health_unavailable: { of: "gateway", meaning: "Other isolates' reports could not be read." },
} as const satisfies Readonly<Record<string, ReasonEntry>>;

export type HealthReasonCode = keyof typeof HEALTH_REASONS;
export const HEALTH_REASON_CODES = Object.keys(HEALTH_REASONS) as HealthReasonCode[];

/** The subject of a reason of the whole gateway. */
export const GATEWAY = "gateway";
