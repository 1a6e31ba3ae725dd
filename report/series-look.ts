// How each model or family looks in every plot: a colour, a dash pattern and a marker, so that no reader depends on
// colour alone.
import { html, type Markup } from "./html.ts";

export interface SeriesLook {
  readonly name: string;
  /** For the ids of its plots: a name may hold anything. */
  readonly id: string;
  /** Sets the colour `--c`: greys for baselines, hues for models. */
  readonly className: string;
  /** Empty for a full line. */
  readonly dash: string;
  /** Marker as a path around (0, 0), about 8 wide. */
  readonly marker: string;
}

const GREYS = 3;
const HUES = 6;
const BASELINE_DASHES = ["2 3", "7 3", "7 3 2 3"];
const MODEL_DASHES = ["", "10 3", "4 2", "10 3 3 3", "1.5 2.5", "14 4 2 4 2 4"];
const MARKERS = [
  "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z",
  "M-3.2 -3.2h6.4v6.4h-6.4Z",
  "M0 -4.6L4.2 3.2H-4.2Z",
  "M0 -4.6L4.6 0L0 4.6L-4.6 0Z",
  "M0 4.6L4.2 -3.2H-4.2Z",
  "M-1.3 -4.2h2.6v2.9h2.9v2.6h-2.9v2.9h-2.6v-2.9h-2.9v-2.6h2.9Z",
  "M0 -4.6L4.4 -1.4L2.7 3.7H-2.7L-4.4 -1.4Z",
];

/** The looks of all names in the order given, each name once. */
export function seriesLooks(names: Iterable<string>, isBaseline: (name: string) => boolean): Map<string, SeriesLook> {
  const looks = new Map<string, SeriesLook>();
  let [grey, hue] = [0, 0];
  for (const name of new Set(names)) {
    const look = isBaseline(name)
      ? { className: `grey-${grey % GREYS}`, dash: BASELINE_DASHES[grey++ % BASELINE_DASHES.length]! }
      : { className: `hue-${hue % HUES}`, dash: MODEL_DASHES[hue++ % MODEL_DASHES.length]! };
    looks.set(name, {
      name,
      id: `series-${looks.size + 1}`,
      ...look,
      marker: MARKERS[looks.size % MARKERS.length]!,
    });
  }
  return looks;
}

/** The marker at a point; hollow for less important series. */
export function markerAt(look: SeriesLook, x: number, y: number, hollow = false): Markup {
  return html`<path
    class="${look.className} ${hollow ? "marker hollow" : "marker"}"
    transform="translate(${x} ${y})"
    d="${look.marker}"
  />`;
}
