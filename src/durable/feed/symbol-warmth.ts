// Gives new symbols of a feed their past before their first live tick, a few at a time: venues bound the requests of a
// client. A symbol that cannot be warmed begins without a past, and its status says why.
import { warmFromVenue } from "../../clients/warm.ts";
import { logWarning } from "../../log.ts";
import type { FeedVenue } from "../../markets/feed/venue-protocol.ts";
import { VenueAnswerError } from "../../markets/history/venue-history.ts";
import type { Env } from "../../settings.ts";
import type { SymbolPast } from "./symbol-queue.ts";

/** Histories that are read at a time. */
const PARALLEL = 3;
const ATTEMPTS = 3;
const PAUSE_MS = 2_000;

export class SymbolWarmth {
  private readonly env: Env;
  private readonly venue: FeedVenue;
  private readonly turns: (() => void)[] = [];
  private reading = 0;

  constructor(env: Env, venue: FeedVenue) {
    this.env = env;
    this.venue = venue;
  }

  /** Resolves when the symbol may get live ticks, to what it has begun with. Never rejects. */
  async of(symbol: string, product: string): Promise<SymbolPast> {
    await this.turn();
    try {
      return await this.warm(symbol, product);
    } finally {
      this.reading -= 1;
      this.turns.shift()?.();
    }
  }

  private async warm(symbol: string, product: string): Promise<SymbolPast> {
    let fault = "";
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        const { outcome, past } = await warmFromVenue(this.env, symbol, { venue: this.venue, name: product });
        if (outcome.ok) {
          const { steps, source, toMs: throughMs } = outcome.warm;
          const cut = past?.cut === undefined || past.cut === null ? "" : `; no more: ${past.cut}`;
          return { words: `${steps} steps of ${source}${cut}`, throughMs };
        }
        if (outcome.code === "already_live") return withoutPast("it was there before");
        fault = outcome.code;
        // The model that gives a new symbol its label is not known yet: that passes by itself.
        if (outcome.code !== "champion_unknown") break;
      } catch (error) {
        fault = error instanceof Error ? error.message : String(error);
        // The venue was asked again already, where that could help.
        if (error instanceof VenueAnswerError) break;
      }
      if (attempt < ATTEMPTS) await new Promise((done) => setTimeout(done, PAUSE_MS * attempt));
    }
    logWarning("symbol_not_warmed", { symbol, error: fault });
    return withoutPast(`no past: ${fault}`);
  }

  private async turn(): Promise<void> {
    while (this.reading >= PARALLEL) await new Promise<void>((go) => this.turns.push(go));
    this.reading += 1;
  }
}

function withoutPast(words: string): SymbolPast {
  return { words, throughMs: -Infinity };
}
