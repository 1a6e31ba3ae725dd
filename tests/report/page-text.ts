// What a reader sees of a page, and whether its tags match: enough of HTML for what the report writes.

const VOID = new Set(["meta", "br", "hr", "path", "circle", "line", "rect"]);
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The text without tags and style, entities resolved, each run of white space one space. */
export function textOf(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(#39|\w+);/g, (_, name: string) => ENTITIES[name] ?? `[unknown entity ${name}]`)
    .replace(/\s+/g, " ");
}

/** Every tag that is closed wrongly or not at all; empty for a well-formed page. */
export function unclosedTags(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [tag, slash, name] of page.matchAll(/<(\/?)([a-zA-Z][\w-]*)[^>]*>/g)) {
    if (slash === "/") {
      const last = open.pop();
      if (last !== name) wrong.push(`</${name}> closes <${last}>`);
    } else if (!VOID.has(name!) && !tag.endsWith("/>")) open.push(name!);
  }
  return [...wrong, ...open];
}
