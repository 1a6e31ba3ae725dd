// The choice of a symbol above figures: all symbols that the gateway knows, in the order of their names.
import type { ViewContext } from "../../app/view.ts";
import { element } from "../../dom/element.ts";

export interface SymbolSelect {
  readonly element: HTMLElement;
  /** Marks the symbol that is shown. */
  show(symbol: string | null): void;
  close(): void;
}

/** @param all the words for all symbols together, `null` where only one can be shown. */
export function symbolSelect(
  { overview }: ViewContext,
  all: string | null,
  choose: (symbol: string | null) => void,
): SymbolSelect {
  const select = element("select", { id: "symbol-select" });
  let shown: string | null = null;
  let listed = "";
  const fill = (): void => {
    const names = [...new Set([...overview.rows.keys(), ...(shown === null ? [] : [shown])])].sort();
    const key = names.join(" ");
    if (key !== listed || select.options.length === 0) {
      listed = key;
      const options = names.map((name) => element("option", { value: name }, name));
      select.replaceChildren(...(all === null ? [] : [element("option", { value: "" }, all)]), ...options);
    }
    select.value = shown ?? "";
  };
  select.addEventListener("change", () => choose(select.value === "" ? null : select.value));
  const unwatch = overview.changes.watch(fill);
  return {
    element: element("span", { class: "field" }, element("label", { for: "symbol-select" }, "Symbol"), select),
    show(symbol) {
      shown = symbol;
      fill();
    },
    close: unwatch,
  };
}
