import { describe, expect, it } from "vitest";
import { COLOURS, TOKEN_RULES } from "../../report/design-tokens.ts";

/** Relative luminance of `#rrggbb`, by WCAG 2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

describe.each(Object.entries(COLOURS))("the colours of the %s scheme", (_, scheme) => {
  it("that texts have can be read on the page, on panels and in dialogs", () => {
    const unreadable = (["ink", "muted", "note", "alarm", "live"] as const).flatMap((name) =>
      (["page", "panel", "raised"] as const).flatMap((ground) => {
        const ratio = contrast(scheme[name], scheme[ground]);
        return ratio >= 4.5 ? [] : [`${name} on ${ground}: ${ratio.toFixed(2)}`];
      }),
    );
    expect(unreadable).toEqual([]);
  });

  it("that lines have stand out from the page", () => {
    const faint = [...scheme.hues, ...scheme.greys].filter((colour) => contrast(colour, scheme.page) < 3);
    expect(faint).toEqual([]);
  });
});

describe("the rules of the tokens", () => {
  it("let an attribute of the page overrule the reader's setting, in both directions", () => {
    const [dark, light] = [`--page:${COLOURS.dark.page};`, `--page:${COLOURS.light.page};`];
    const after = (selector: string) => TOKEN_RULES.slice(TOKEN_RULES.indexOf(selector)).split("}")[0]!;
    expect(after(":root{")).toContain(light);
    expect(after("@media (prefers-color-scheme:dark){:root{")).toContain(dark);
    expect(after(':root[data-theme="light"]{')).toContain(light);
    expect(after(':root[data-theme="dark"]{')).toContain(dark);
  });
});
