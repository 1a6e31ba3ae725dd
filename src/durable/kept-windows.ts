// Windows of live quality that were computed once and are shown again: what they cost does not depend on how many ask.
import type { LiveQuality } from "../quality/live-quality.ts";
import type { WindowName, WindowOptions, WindowQuality } from "../quality/window-quality.ts";

/** A window is computed at most once in so much event time. */
const KEPT_MS = 60_000;

interface Kept {
  readonly key: string;
  readonly window: WindowQuality;
}

/** Kept by what they were computed from: an object that begins anew has nothing kept. */
export class KeptWindows {
  private readonly kept = new WeakMap<LiveQuality, Map<WindowName, Kept>>();

  /**
   * The window as of this minute of event time, and of these options and models.
   * @param eventMs event time of the newest tick.
   */
  window(quality: LiveQuality, name: WindowName, eventMs: number, options: WindowOptions): WindowQuality {
    const windows = this.kept.get(quality) ?? new Map<WindowName, Kept>();
    this.kept.set(quality, windows);
    const key = JSON.stringify([Math.floor(eventMs / KEPT_MS), quality.followed, options]);
    const found = windows.get(name);
    if (found?.key === key) return found.window;
    const window = quality.window(name, options);
    windows.set(name, { key, window });
    return window;
  }
}
