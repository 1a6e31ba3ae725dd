// The page at /docs: Swagger UI from its package, so that the page needs no other host. The files are static assets
// (wrangler.toml, `[assets]`), beside the Worker's bundle and not in it.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const ASSETS = join(import.meta.dirname, "..", "dist", "assets");
/** Of the package, as it is there; the licence goes with the code. */
const COPIED = ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"];

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>volgate: HTTP API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="api"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/show.js"></script>
  </body>
</html>
`;

/** `validatorUrl: null` keeps the page from asking a host of Swagger's. */
const SHOW = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null });
`;

/** Lines for `_headers`. */
export const DOCS_HEADERS = `/docs*
  Content-Security-Policy: default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:
  X-Content-Type-Options: nosniff
`;

/** Writes the page, its scripts and styles into dist/assets. Writing them again changes nothing. */
export async function writeDocsAssets(): Promise<void> {
  const from = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  const folder = join(ASSETS, "docs");
  await mkdir(folder, { recursive: true });
  for (const name of COPIED) await copyFile(join(from, name), join(folder, name));
  await writeFile(join(folder, "show.js"), SHOW);
  await writeFile(join(ASSETS, "docs.html"), PAGE);
}
