import { describe, expect, it } from "vitest";
import { html, joined, trusted } from "../../report/html.ts";

describe("the markup builder", () => {
  it("escapes text and quoted attributes alike", () => {
    expect(html`<b title="${'"x"'}">${"a < b"}</b>`.text).toBe('<b title="&quot;x&quot;">a &lt; b</b>');
    expect(html`${"&'<>"}`.text).toBe("&amp;&#39;&lt;&gt;");
  });

  it("takes its own markup as it is, lists item by item, and null as nothing", () => {
    expect(html`<p>${[html`<i>${"<"}</i>`, "&", null, 2]}</p>`.text).toBe("<p><i>&lt;</i>&amp;2</p>");
    expect(html`${trusted("<hr>")}`.text).toBe("<hr>");
  });

  it("escapes an object that only looks like markup", () => {
    const fake = JSON.parse('{"text":"<script>"}') as never;
    expect(() => html`${fake}`).toThrow(TypeError);
  });

  it("shows characters that control the terminal or the writing direction as a replacement", () => {
    expect(html`${"a\u202eb\u0000c\u0085"}`.text).toBe("a\ufffdb\ufffdc\ufffd");
    expect(html`${"a\nb\tc"}`.text).toBe("a\nb\tc");
  });

  it("throws on a number that is not finite and rounds the others to three decimals", () => {
    expect(() => html`<path d="M${NaN} 0" />`).toThrow("A number in markup must be finite, got NaN");
    expect(() => html`${Infinity}`).toThrow(RangeError);
    expect(html`${0.1 + 0.2} ${-0} ${12345678}`.text).toBe("0.3 0 12345678");
  });

  it("joins what is there", () => {
    expect(html`${joined(["a", null, "b"], " · ")}`.text).toBe("a · b");
    expect(html`${joined([], ", ")}`.text).toBe("");
  });
});
