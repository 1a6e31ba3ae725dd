// What the front worker serves without asking the gateway: each file of the assets by its address, with its headers. The
// addresses are those that Cloudflare gives with its default `html_handling`.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

export type AssetsManifest = Readonly<Record<string, Asset>>;

type Asset = { readonly file: string; readonly headers: Readonly<Record<string, string>> } | { readonly moved: string };

interface HeaderRule {
  readonly path: RegExp;
  readonly headers: readonly (readonly [string, string])[];
}

/** Read by the platform, never served. */
const RULES_FILE = "_headers";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  map: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  woff2: "font/woff2",
  txt: "text/plain; charset=utf-8",
};

/** @param folder of the assets, with `_headers` where there is one. */
export function assetsManifest(folder: string): AssetsManifest {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const rules = files.includes(RULES_FILE) ? parseHeaderRules(readFileSync(join(folder, RULES_FILE), "utf8")) : [];
  const manifest: Record<string, Asset> = {};
  for (const file of files.filter((name) => name !== RULES_FILE).sort()) {
    const address = addressOf(file);
    for (const other of otherAddresses(file)) manifest[other] ??= { moved: address };
    const etag = createHash("sha256")
      .update(readFileSync(join(folder, file)))
      .digest("hex");
    const headers = { "Content-Type": typeOf(file), "Cache-Control": "public, max-age=0, must-revalidate" };
    const own = rules.filter(({ path }) => path.test(address)).flatMap((rule) => rule.headers);
    manifest[address] = { file, headers: { ...headers, ETag: `"${etag.slice(0, 32)}"`, ...Object.fromEntries(own) } };
  }
  return manifest;
}

/** `docs.html` is at `/docs`, and `docs/index.html` at `/docs/`. */
function addressOf(file: string): string {
  return encodeURI(`/${file}`.replace(/\/index\.html$/, "/").replace(/\.html$/, ""));
}

function otherAddresses(file: string): string[] {
  const path = encodeURI(`/${file}`);
  if (path === "/index.html") return [path, "/index"];
  if (path.endsWith("/index.html")) return [path, path.slice(0, -"/index.html".length), path.slice(0, -".html".length)];
  return path.endsWith(".html") ? [path, `${path.slice(0, -".html".length)}/`] : [];
}

function typeOf(file: string): string {
  return TYPES[file.slice(file.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}

/** A path with `*` for any text, then its headers, indented. */
function parseHeaderRules(text: string): HeaderRule[] {
  const rules: { path: RegExp; headers: [string, string][] }[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const colon = line.indexOf(":");
    if (/^\s/.test(line) && colon > 0) {
      rules.at(-1)?.headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
    } else {
      rules.push({ path: new RegExp(`^${line.trim().split("*").map(escaped).join(".*")}$`), headers: [] });
    }
  }
  return rules;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
