// Caches computed windows of live quality, so that their cost does not grow with the number of requests.
import type { LiveQuality } from "../../../quality/live-quality.ts";
import type { WindowName } from "../../../quality/window-quality.ts";

interface Kept<T> {
  readonly key: string;
  readonly window: T;
}

interface KeptOfOne<T> {
  /** By which share of the caching time this symbol's window expires earlier. */
  readonly phase: number;
  readonly windows: Map<WindowName, Kept<T>>;
}

interface WindowAge {
  /** Event time of the newest tick. */
  readonly eventMs: number;
  /** Event time for which a window is reused. */
  readonly keptMs: number;
}

/** Phases this far apart never coincide (golden ratio). */
const PHASE = 0.6180339887498949;

/**
 * Cached windows of one query over many symbols, keyed by the `LiveQuality` they were computed from: a new
 * `LiveQuality` starts without cached windows.
 */
export class KeptWindows<Options, T> {
  private readonly kept = new WeakMap<LiveQuality, KeptOfOne<T>>();
  private readonly compute: (quality: LiveQuality, name: WindowName, options: Options) => T;
  private readonly staggered: boolean;
  private count = 0;

  /**
   * @param staggered whether windows of different symbols expire at different times, so that one query over all symbols
   * does not recompute all of them.
   */
  constructor(
    compute: (quality: LiveQuality, name: WindowName, options: Options) => T,
    { staggered = false }: { readonly staggered?: boolean } = {},
  ) {
    this.compute = compute;
    this.staggered = staggered;
  }

  /**
   * The window for these options and the currently followed models and their thresholds, at most `keptMs` of event time
   * old.
   */
  window(quality: LiveQuality, name: WindowName, options: Options, { eventMs, keptMs }: WindowAge): T {
    const { phase, windows } = this.of(quality);
    const key = JSON.stringify([Math.floor(eventMs / keptMs + phase), quality.revision, options]);
    const found = windows.get(name);
    if (found?.key === key) return found.window;
    const window = this.compute(quality, name, options);
    windows.set(name, { key, window });
    return window;
  }

  private of(quality: LiveQuality): KeptOfOne<T> {
    let found = this.kept.get(quality);
    if (found === undefined) {
      found = { phase: this.staggered ? (this.count++ * PHASE) % 1 : 0, windows: new Map() };
      this.kept.set(quality, found);
    }
    return found;
  }
}
