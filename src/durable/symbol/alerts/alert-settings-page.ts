// What an operator has set for one symbol's alerts: muted, muted for a while, or the hours of its market.
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { logError } from "../../../log.ts";
import { MarketHours } from "../../../quality/alerts/market-hours.ts";
import type { PageStore } from "../storage/page-store.ts";

/** One symbol's settings. */
export interface SymbolAlertSettings {
  readonly muted: boolean;
  /** Muted until then, ms since 1970. */
  readonly mutedUntilMs: number | null;
  /** When its market trades, see `MarketHours`; `null`: always. */
  readonly hours: string | null;
}

const NO_SETTINGS: SymbolAlertSettings = { muted: false, mutedUntilMs: null, hours: null };

const KIND = "alert-settings 1";
const PREFIX = "alert-settings";
const PAGE = "settings";

export function loadAlertSettings(pages: PageStore): SymbolAlertSettings {
  const bytes = pages.load(PREFIX).get(PAGE);
  if (bytes === undefined) return NO_SETTINGS;
  try {
    const { muted, mutedUntilMs, hours } = JSON.parse(
      String(decodePage(KIND, bytes).numbers["json"]),
    ) as SymbolAlertSettings;
    return { muted, mutedUntilMs, hours };
  } catch (error) {
    logError("alert_settings_unreadable", { error: String(error) });
    return NO_SETTINGS;
  }
}

export function saveAlertSettings(pages: PageStore, settings: SymbolAlertSettings): void {
  const json = JSON.stringify(settings);
  pages.save(PREFIX, [{ id: PAGE, bytes: encodePage(KIND, { numbers: { json }, arrays: [] }) }]);
}

/** Whether no alert of the symbol is judged now. */
export function isMuted({ muted, mutedUntilMs }: SymbolAlertSettings, nowMs: number): boolean {
  return muted || (mutedUntilMs !== null && nowMs < mutedUntilMs);
}

/** Since when its market trades, ms since 1970; `undefined` while it is closed. */
export function openSinceMs({ hours }: SymbolAlertSettings, nowMs: number): number | undefined {
  return hours === null ? -Infinity : MarketHours.parse(hours)?.openedAt(nowMs);
}
