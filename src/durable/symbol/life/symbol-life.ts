// The life of a symbol: it is created, begun with a history, made again, and removed.
import type { LabelSpec } from "../../../features/label-spec.ts";
import { modelHost, type ServedModels } from "../../../model/model-host.ts";
import { archiveOf, settingsOf } from "../../../settings.ts";
import type { DirectoryEntry } from "../../directory/object.ts";
import type { AlarmKeeper } from "../alarm-keeper.ts";
import { configForNewSymbol, type LiveSymbol } from "../live-symbol.ts";
import type { SymbolReader } from "../reading/symbol-reader.ts";
import { beginSymbol, historyOf, historyToBegin, noteDatabaseLost } from "./begin-symbol.ts";
import { DirectoryMark } from "./directory-mark.ts";
import type { HeldSymbol } from "./held-symbol.ts";
import type { RecreationOutcome, RemovalOutcome } from "./removal.ts";
import type { SymbolAccess } from "./symbol-access.ts";
import { symbolAfterTicks, type WarmOutcome, warmOutcome, type WarmRefusal, type WarmRequest } from "./warm-symbol.ts";

export class SymbolLife {
  readonly mark: DirectoryMark;
  private readonly held: HeldSymbol;
  private readonly access: SymbolAccess;
  private readonly reader: SymbolReader;
  private readonly alarms: AlarmKeeper;

  constructor(access: SymbolAccess, reader: SymbolReader, alarms: AlarmKeeper) {
    this.access = access;
    this.held = access.held;
    this.reader = reader;
    this.alarms = alarms;
    this.mark = new DirectoryMark(this.held);
  }

  /** For its first batch, which needs exclusive access; `undefined` while its champion is not known. */
  async create(symbol: string, models: ServedModels, entry: DirectoryEntry): Promise<LiveSymbol | undefined> {
    const { env, stores, counters } = this.held;
    const config = configForNewSymbol(settingsOf(env), models);
    if (config === undefined) return undefined;
    const history = await historyToBegin(env, symbol, config, entry);
    return beginSymbol(symbol, config, history, stores, counters);
  }

  /**
   * Begins the symbol with a history before its first batch, see warm-symbol.ts; batches that come meanwhile wait. If
   * it is refused, nothing was changed.
   */
  async warm(request: WarmRequest): Promise<WarmOutcome> {
    await this.access.prepare();
    const refused = await this.access.runExclusive((serving) => this.beginWarm(request, serving.models.served));
    if (refused !== undefined) return { ok: false, code: refused };
    const { live } = this.held;
    if (live === undefined) throw new Error("it was removed while it was warmed");
    await this.refreshBegun(live);
    await this.mark.ensure(request.symbol);
    return warmOutcome(live);
  }

  /**
   * Removes the symbol's database and its alarm. Ticks that wait for the archive are archived before if `archive` is
   * set. `existed` is false for a symbol that had no tick.
   */
  async remove(archive: boolean): Promise<RemovalOutcome> {
    const { held } = this;
    return await this.access.runWithoutModels(async () => {
      const existed = held.stores.slots.loadIdentity() !== undefined;
      held.loadOrUnload(() => held.readBack());
      const isUnreadable = existed && held.live === undefined;
      if (archive && (isUnreadable || !(await this.finishArchive()) || !(await this.writeLast()))) {
        return { ok: false, code: "archive_unavailable" };
      }
      await held.background.archive?.settled();
      await held.clear();
      return { ok: true, existed };
    });
  }

  /**
   * Makes the symbol again under the deployment's present configuration and from its archive, to which all that waits
   * is written before. If it is refused, nothing was changed.
   * @param label instead of the label that a new symbol would have.
   */
  async recreate(label: LabelSpec | undefined): Promise<RecreationOutcome> {
    await this.access.prepare();
    const outcome = await this.access.runExclusive(() => this.beginAgain(label));
    const { live } = this.held;
    if (outcome.ok && live !== undefined) await this.refreshBegun(live);
    return outcome;
  }

  private async beginWarm(request: WarmRequest, models: ServedModels): Promise<WarmRefusal | undefined> {
    const { held } = this;
    const { env, stores, counters } = held;
    const { symbol, history, admitted } = request;
    if (held.live !== undefined) return "already_live";
    const config = configForNewSymbol(settingsOf(env), models);
    if (config === undefined) return "champion_unknown";
    if (history === "archive") {
      const archived = await historyOf(env, symbol, config).catch((error: unknown) => {
        held.logFault("archive_not_read", error);
        return "failed" as const;
      });
      if (archived === "failed") return "archive_unavailable";
      if (archived === undefined) return "no_archive";
      held.live = beginSymbol(symbol, config, archived, stores, counters);
    } else {
      held.live = symbolAfterTicks(symbol, config, history, stores, counters);
      if (held.live === undefined) return "no_history";
    }
    if (admitted.isCreated) await noteDatabaseLost(env, symbol, "it was warmed anew");
    return undefined;
  }

  private async beginAgain(label: LabelSpec | undefined): Promise<RecreationOutcome> {
    const { held } = this;
    const { live, env } = held;
    if (live === undefined) return { ok: false, code: "unknown_symbol" };
    if (archiveOf(env) === undefined) return { ok: false, code: "no_archive" };
    const settings = settingsOf(env);
    const wanted =
      label === undefined ? configForNewSymbol(settings, modelHost.serving) : { ...settings.engine, label };
    if (wanted === undefined) return { ok: false, code: "champion_unknown" };
    if (!(await this.finishArchive())) return { ok: false, code: "archive_unavailable" };
    const history = await historyOf(env, live.name, wanted);
    // Last of all that can be refused: a symbol that goes on still awaits these labels.
    if (!(await this.writeLast())) return { ok: false, code: "archive_unavailable" };
    const { alertSettings } = held.background;
    await held.clear();
    held.background.setAlertSettings(alertSettings, Date.now());
    const begun = beginSymbol(live.name, wanted, history, held.stores, held.counters);
    held.live = begun;
    held.addGrids(begun);
    for (const tell of held.whenBegunAgain) tell();
    const { features } = begun.engine;
    const before = live.engine.features.config.label;
    const { stepMs } = features.config.grid;
    const thresholdValues = features.thresholdCount(0);
    return { ok: true, before, label: wanted.label, stepMs, ticks: history?.ticks ?? 0, thresholdValues };
  }

  /** Scores the last step of a symbol that was just begun: the next request or batch does it where this fails. */
  private async refreshBegun(live: LiveSymbol): Promise<void> {
    const { held } = this;
    try {
      await this.access.runExclusive(async (serving) => {
        if (held.live === live) await this.reader.refresh(live, serving, live);
      });
    } catch (error) {
      held.logFault("begun_symbol_not_scored", error);
    }
    held.waitUntil(this.alarms.ensure());
  }

  /** Archives all that waits, but for predictions that await a label. Returns whether nothing waits any more. */
  private async finishArchive(): Promise<boolean> {
    return (await this.held.background.archive?.flush()) ?? true;
  }

  /** Archives the predictions that await a label, without one: directly before `clear`. Returns whether it could. */
  private async writeLast(): Promise<boolean> {
    return (await this.held.background.archive?.writeLast()) ?? true;
  }
}
