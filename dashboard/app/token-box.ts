// Where the reader types the tokens: READ_TOKEN where reads are closed, ADMIN_TOKEN for the buttons that change
// something.
import { element } from "../dom/element.ts";
import type { TokenName } from "../gateway/session-tokens.ts";
import type { ViewContext } from "./view.ts";

const FIELDS: readonly { readonly name: TokenName; readonly purpose: string }[] = [
  { name: "READ_TOKEN", purpose: "to read, where the gateway's reads are closed" },
  { name: "ADMIN_TOKEN", purpose: "to promote and to roll back" },
];

export function tokenBox({ tokens, connection, overview }: ViewContext): HTMLElement {
  const button = element("button", { type: "button", class: "quiet", "aria-haspopup": "dialog" }, "Token");
  const inputs = FIELDS.map(({ name, purpose }) => {
    const input = element("input", { type: "password", id: name, autocomplete: "off", spellcheck: "false" });
    const hint = element("small", { id: `${name}-hint` }, purpose);
    input.setAttribute("aria-describedby", hint.id);
    return { name, input, row: element("p", {}, element("label", { for: name }, name), input, hint) };
  });
  const form = element(
    "form",
    { method: "dialog" },
    element("h2", { id: "token-title" }, "Tokens"),
    ...inputs.map(({ row }) => row),
    element("p", { class: "hint" }, "They stay in this tab until it is closed, and are sent to this gateway alone."),
    element(
      "p",
      { class: "buttons" },
      element("button", { value: "cancel", formnovalidate: true }, "Cancel"),
      element("button", { value: "use", class: "primary" }, "Use"),
    ),
  );
  const dialog = element("dialog", { "aria-labelledby": "token-title" }, form);
  button.addEventListener("click", () => {
    for (const { name, input } of inputs) input.value = tokens.get(name) ?? "";
    dialog.returnValue = "";
    dialog.showModal();
  });
  // Enter in a field presses the form's first button, which is Cancel.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    dialog.close("use");
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "use") return;
    for (const { name, input } of inputs) tokens.set(name, input.value.trim());
    overview.askNow();
  });
  connection.state.watch((state) => button.classList.toggle("wanted", state.kind === "refused"));
  return element("div", { class: "token-box" }, button, dialog);
}
