// Windows of live quality that were computed once and are shown again: what they cost does not depend on how many ask.
import type { LiveQuality } from "../../../quality/live-quality.ts";
import type { WindowName } from "../../../quality/window-quality.ts";

interface Kept<T> {
  readonly key: string;
  readonly window: T;
}

interface KeptOfOne<T> {
  /** Share of the time for which windows are kept by which this one's turn comes earlier. */
  readonly phase: number;
  readonly windows: Map<WindowName, Kept<T>>;
}

interface WindowAge {
  /** Event time of the newest tick. */
  readonly eventMs: number;
  /** Event time for which a window is shown again. */
  readonly keptMs: number;
}

/** Turns that are this far apart never fall together (the golden section). */
const PHASE = 0.6180339887498949;

/**
 * Windows of one question about many symbols. They are kept by the `LiveQuality` that they were computed from: an
 * object that begins anew has nothing kept.
 */
export class KeptWindows<Options, T> {
  private readonly kept = new WeakMap<LiveQuality, KeptOfOne<T>>();
  private readonly compute: (quality: LiveQuality, name: WindowName, options: Options) => T;
  private readonly staggered: boolean;
  private count = 0;

  /**
   * @param staggered whether symbols take turns, so that one question to all of them does not find all windows too old.
   */
  constructor(
    compute: (quality: LiveQuality, name: WindowName, options: Options) => T,
    { staggered = false }: { readonly staggered?: boolean } = {},
  ) {
    this.compute = compute;
    this.staggered = staggered;
  }

  /** The window of these options and of the models that are followed now, at most `keptMs` of event time old. */
  window(quality: LiveQuality, name: WindowName, options: Options, { eventMs, keptMs }: WindowAge): T {
    const { phase, windows } = this.of(quality);
    const key = JSON.stringify([Math.floor(eventMs / keptMs + phase), quality.followed, options]);
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
