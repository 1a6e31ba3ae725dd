// Shows what the reports' kit built. It escapes every text itself, so its markup alone may be read as HTML here. What
// is shown already stays in place: the keyboard's focus, what is open, and how far a table was scrolled.
import type { Markup } from "../../report/html.ts";

/** Makes the children of `container` equal to the markup. */
export function showMarkup(container: Element, markup: Markup): void {
  const template = document.createElement("template");
  template.innerHTML = markup.text;
  matchChildren(container, template.content);
}

function matchChildren(shown: ParentNode & Node, wanted: ParentNode & Node): void {
  const before = [...shown.childNodes];
  const after = [...wanted.childNodes];
  after.forEach((next, i) => {
    const old = before[i];
    if (old === undefined) shown.append(next);
    else if (!isAlike(old, next)) shown.replaceChild(next, old);
    else if (old instanceof Element && next instanceof Element) matchElement(old, next);
    else if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
  });
  for (const old of before.slice(after.length)) old.remove();
}

/** Elements with different ids are different things, whatever stands in the same place. */
function isAlike(old: Node, next: Node): boolean {
  if (old.nodeName !== next.nodeName) return false;
  return !(old instanceof Element && next instanceof Element) || old.id === next.id;
}

function matchElement(old: Element, next: Element): void {
  for (const { name } of [...old.attributes]) {
    // Whether it is open is the reader's.
    if (!next.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  matchChildren(old, next);
}
