// The sections of a document, and the shell blocks and queries in them.

export interface Section {
  readonly title: string;
  /** As GitHub makes it of the title. */
  readonly anchor: string;
  readonly level: number;
  /** Titles of the sections that it lies in, outermost first. */
  readonly within: readonly string[];
  readonly text: string;
}

/** In their order. What is before the first title of level 2 belongs to the title of the document. */
export function sectionsOf(markdown: string): Section[] {
  const parts = markdown.split(/^(#{1,3}) (.+)$/m).slice(1);
  const sections: Section[] = [];
  const path: string[] = [];
  for (let i = 0; i < parts.length; i += 3) {
    const [marks, title, text] = [parts[i]!, parts[i + 1]!, parts[i + 2]!];
    const level = marks.length;
    path.splice(level - 1);
    sections.push({ title, level, anchor: anchorOf(title), within: [...path], text });
    path[level - 1] = title;
  }
  return sections;
}

/** The fenced blocks of a language, each as it stands. */
export function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block]) => block!);
}

/** Example: `anchorOf("A bad deploy")` is `a-bad-deploy`. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .trim()
    .replace(/\s+/g, "-");
}
