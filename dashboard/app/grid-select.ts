// The choice of a grid for all views, where the gateway has more than one. The default one has no name in the address.
import type { VersionAnswer } from "../gateway/answers.ts";
import { element } from "../dom/element.ts";
import { routeWith } from "../route/route.ts";
import type { ViewContext } from "./view.ts";

export function gridSelect({ gateway, connection, route, navigate }: ViewContext): HTMLElement {
  const select = element("select", { id: "grid-select" });
  const label = element("label", { for: "grid-select", class: "visually-hidden" }, "Grid");
  const field = element("span", { class: "grid-field", hidden: true }, label, select);
  let grids: readonly string[] = [];
  const show = (): void => {
    // A link may name a grid in other words, or one that is gone: views say so.
    const asked = route.value.state["grid"] ?? "";
    const names = grids.includes(asked) || asked === "" ? grids : [...grids, asked];
    select.replaceChildren(
      ...names.map((name, i) =>
        element("option", { value: i === 0 ? "" : name }, i === 0 ? `${name} (default)` : name),
      ),
    );
    select.value = asked === grids[0] ? "" : asked;
    field.hidden = names.length < 2;
  };
  select.addEventListener("change", () => navigate(routeWith(route.value, { grid: select.value })));
  route.watch(show);
  const unwatch = connection.state.watch(({ kind }) => {
    if (kind !== "connected" || grids.length > 0) return;
    gateway.get<VersionAnswer>("/version").then(
      (answer) => {
        grids = answer.grids;
        show();
        unwatch();
      },
      // It is asked for again when the gateway answers again.
      () => undefined,
    );
  });
  return field;
}
