// The licences of the packages of which something is in a bundle, found by what esbuild says it took.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** For packages that name a licence and bring no text of it. */
const TEXTS: Readonly<Record<string, string>> = {
  MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`,
};

interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string | { readonly name: string };
}

/** One section a package, in the order of names. Throws for a package whose licence cannot be shown. */
export async function bundledLicences(root: string, metafile: Metafile): Promise<string> {
  const names = new Set<string>();
  for (const path of Object.keys(metafile.inputs)) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1];
    if (name !== undefined) names.add(name);
  }
  const sections = await Promise.all([...names].sort().map(async (name) => await sectionOf(root, name)));
  return sections.join(`\n${"=".repeat(80)}\n\n`);
}

async function sectionOf(root: string, name: string): Promise<string> {
  const folder = join(root, "node_modules", name);
  const facts = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as PackageFacts;
  const author = typeof facts.author === "string" ? facts.author : facts.author?.name;
  const copyright = author === undefined ? "" : `Copyright ${author}\n\n`;
  const text = await readFile(join(folder, "LICENSE"), "utf8").catch(() => {
    const known = TEXTS[facts.license];
    if (known === undefined)
      throw new Error(`${name} brings no file LICENSE, and there is no text for ${facts.license}`);
    return copyright + known;
  });
  return `${facts.name} ${facts.version} (${facts.license})\n\n${text}`;
}
