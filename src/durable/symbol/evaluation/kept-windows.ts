// Windows of live quality that were computed once and are shown again: what they cost does not depend on how many ask.
import type { LiveQuality } from "../../../quality/live-quality.ts";
import type { WindowName, WindowOptions, WindowQuality } from "../../../quality/window-quality.ts";

interface Kept {
  readonly key: string;
  readonly window: WindowQuality;
}

interface KeptOfOne {
  /** Share of the time for which windows are kept by which this one's turn comes earlier. */
  readonly phase: number;
  readonly windows: Map<WindowName, Kept>;
}

/** Turns that are this far apart never fall together (the golden section). */
const PHASE = 0.6180339887498949;

/** Kept by what they were computed from: an object that begins anew has nothing kept. */
export class KeptWindows {
  private readonly kept = new WeakMap<LiveQuality, KeptOfOne>();
  private readonly staggered: boolean;
  private count = 0;

  /** @param staggered whether symbols take turns, so that one question to all of them does not find all windows too old. */
  constructor({ staggered = false }: { readonly staggered?: boolean } = {}) {
    this.staggered = staggered;
  }

  /**
   * The window of these options and models, at most `keptMs` of event time old.
   * @param eventMs event time of the newest tick.
   */
  window(
    quality: LiveQuality,
    name: WindowName,
    { eventMs, keptMs, ...options }: WindowOptions & { readonly eventMs: number; readonly keptMs: number },
  ): WindowQuality {
    const { phase, windows } = this.of(quality);
    const key = JSON.stringify([Math.floor(eventMs / keptMs + phase), quality.followed, options]);
    const found = windows.get(name);
    if (found?.key === key) return found.window;
    const window = quality.window(name, options);
    windows.set(name, { key, window });
    return window;
  }

  private of(quality: LiveQuality): KeptOfOne {
    let found = this.kept.get(quality);
    if (found === undefined) {
      found = { phase: this.staggered ? (this.count++ * PHASE) % 1 : 0, windows: new Map() };
      this.kept.set(quality, found);
    }
    return found;
  }
}
