// A template tag that builds all text of a report. It escapes everything that the tag itself did not build.

/** A piece of HTML or SVG that is safe to put into a page. Only `html` and `trusted` make one. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand between `${` and `}`; `null` gives nothing, a list its items one after another. */
export type Content = Markup | string | number | null | readonly Content[];

/**
 * Builds markup; strings are escaped for text and for quoted attributes alike, so attributes must be quoted.
 * html`<b title="${"\"x\""}">${"a < b"}</b>` is `<b title="&quot;x&quot;">a &lt; b</b>`.
 * Throws `RangeError` for a number that is not finite: a coordinate or count that is NaN is a bug.
 * Others are written with at most three decimals, so that sums of pixels do not trail digits.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.reduce((text, part, i) => text + contentText(values[i - 1]!) + part));
}

/** Marks text as safe without escaping it. For constants of this program only, such as the style sheet. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** Puts `separator` between the items that are not `null`. */
export function joined(items: readonly Content[], separator: Content): Content {
  return items.filter((item) => item !== null).flatMap((item, i) => (i === 0 ? [item] : [separator, item]));
}

function contentText(content: Content): string {
  if (content === null) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "string") return escapeText(content);
  if (typeof content !== "number") return content.map(contentText).join("");
  if (!Number.isFinite(content)) throw new RangeError(`A number in markup must be finite, got ${content}`);
  return String(Number(content.toFixed(3)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters and characters that change the writing direction could disguise a file name. */
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function escapeText(text: string): string {
  return text.replace(UNPRINTABLE, "\ufffd").replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
