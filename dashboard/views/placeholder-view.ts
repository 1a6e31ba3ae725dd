// Stands where a view is to come.
import { element } from "../dom/element.ts";
import type { View } from "../app/view.ts";

export function placeholderView(title: string): View {
  return {
    title,
    element: element("section", {}, element("h1", {}, title), element("p", {}, "Nothing is shown here yet.")),
    routeChanged: () => undefined,
    close: () => undefined,
  };
}
