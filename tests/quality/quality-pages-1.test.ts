// Pages written by the version before: 128 bins in blocks, no score levels. `pages-1.json` has the pages and that
// version's answers, as JSON in gzip in base64; their market is `market({ seed: 21, steps: 2300 })` of two models.
import { describe, expect, it } from "vitest";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { market, model } from "./simulated-steps.ts";
import packed from "./pages-1.json";

const MINUTE = 60_000;
const gunzipped = new Blob([bytesOf(packed.gzip)]).stream().pipeThrough(new DecompressionStream("gzip"));
const { pages, told, points } = JSON.parse(await new Response(gunzipped).text());
const stored = new Map<string, ArrayBuffer>(pages.map(([id, text]: [string, string]) => [id, bytesOf(text).buffer]));
const [a, b] = [model("a"), model("b")];
const pair = { champion: a.sha256, challenger: b.sha256 };
const NAMES = ["24h", "30d"] as const;

describe("pages of the version before", () => {
  it("give the same counts and sums, and PR-AUC from their bins", () => {
    const quality = LiveQuality.load(MINUTE, stored);
    expect(quality.damagedPages).toBe(0);
    for (const name of NAMES) {
      const { labels } = quality.window(name);
      expect(labels).toMatchObject(
        told[name].map((label: { series: object[] }) => ({
          ...label,
          // That version was asked without intervals, which are all that a figure here has.
          series: label.series.map((one) =>
            Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null)),
          ),
        })),
      );
      const found = quality.points(name).flatMap(({ series }) => series);
      for (const [i, { sha256, prAuc, brier }] of points[name].entries()) {
        expect(found[i]).toMatchObject({ sha256, brier });
        expect(Math.abs(found[i]!.prAuc! - prAuc)).toBeLessThan(0.01);
      }
    }
  });

  it("go on as if nothing had been stored, and are stored in the present version", () => {
    const steps = [...market({ seed: 21, steps: 4000, changes: new Map([[0, { series: [a, b], pair }]]) })].slice(1);
    const never = new LiveQuality(MINUTE);
    never.setSeries([a, b], pair);
    for (const event of steps) if ("step" in event) never.update(event.step);
    const quality = LiveQuality.load(MINUTE, stored);
    quality.setSeries([a, b], pair);
    for (const event of steps.slice(2300)) if ("step" in event) quality.update(event.step);
    const kept = new Map(stored);
    for (const { id, bytes } of quality.dirtyPages()) kept.set(id, bytes);
    const again = LiveQuality.load(MINUTE, kept);
    expect(again.damagedPages).toBe(0);
    for (const name of NAMES) {
      const exact = never.points(name).flatMap(({ series }) => series);
      for (const live of [quality, again]) {
        live.points(name).forEach(({ series }) =>
          series.forEach(({ prAuc, rocAuc, lift, ...one }, i) => {
            expect(exact[i]).toMatchObject(
              JSON.parse(JSON.stringify({ confusion: one.confusion, counts: one.counts })),
            );
            expect(Math.abs(prAuc! - exact[i]!.prAuc!)).toBeLessThan(0.01);
            expect([rocAuc, lift]).not.toContain(null);
          }),
        );
      }
    }
    // What a row could gain was not known in that version, so it is taken to be 1.
    const gains = (live: LiveQuality) => live.blockGains().map((gain) => ({ ...gain, bound: null }));
    expect(gains(quality)).toEqual(gains(never));
    expect(quality.blockGains().map(({ bound, rows }) => bound >= rows)).toEqual([true, true, true, false, false]);
    expect(again.blockGains()).toEqual(quality.blockGains());
  });
});

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
