// Which symbols a subscription is for.
import { describe, expect, it } from "vitest";
import { includesSymbol, parseSymbolList } from "../../src/spikes/symbol-list.ts";

const includes = (list: unknown, symbol: string) => includesSymbol(parseSymbolList(list)!, symbol);

describe("a list of symbols", () => {
  it("gives names the form of their keys, each once", () => {
    expect(parseSymbolList(["btc-*@Kraken", "eth-usd", "ETH-USD"])).toEqual(["BTC-*@kraken", "ETH-USD"]);
    expect(parseSymbolList("all")).toBe("all");
  });

  it.each([[[]], ["BTC-USD"], [["BTC USD"]], [["a@b@c"]], [["*@"]], [[7]], [Array(201).fill("A")], [["ß*"]]])(
    "is not %j",
    (value) => {
      expect(parseSymbolList(value)).toBeUndefined();
    },
  );

  it("includes what it names, and what a star stands for", () => {
    expect(includes("all", "X")).toBe(true);
    expect(includes(["BTC-USD"], "BTC-USD")).toBe(true);
    expect(includes(["BTC-USD"], "BTC-USDT")).toBe(false);
    expect(includes(["BTC-*"], "BTC-USD@kraken")).toBe(true);
    expect(includes(["*@kraken"], "BTC-USD@kraken")).toBe(true);
    expect(includes(["*@kraken"], "BTC-USD")).toBe(false);
    expect(includes(["*USD*"], "BTC-USD@kraken")).toBe(true);
    expect(includes(["A*A"], "A")).toBe(false);
    expect(includes(["A*B*B"], "A-B")).toBe(false);
    expect(includes(["A*B*B"], "A-BB")).toBe(true);
  });
});
