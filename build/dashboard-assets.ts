// The dashboard at /: bundles dashboard/ into dist/assets, with names that change with their content, the headers that
// the assets are served with, and the licences of what is bundled.
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { TOKEN_RULES } from "../report/design-tokens.ts";
import { FIGURE_RULES } from "../report/figure-style.ts";
import { PLOT_RULES } from "../report/plot-style.ts";
import { bundledLicences } from "./bundled-licences.ts";

const ROOT = join(import.meta.dirname, "..");
const SOURCE = join(ROOT, "dashboard");
const ASSETS = join(ROOT, "dist", "assets");
const FOLDER = join(ASSETS, "dashboard");
const BUNDLE = join(FOLDER, "bundle");

/** Nothing but the gateway's own files and answers: no host, no inline script, no inline style. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Lines for `_headers`. The page is asked for anew each time, and names files that never change. */
export const DASHBOARD_HEADERS = `/
  Content-Security-Policy: ${POLICY}
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  Cache-Control: no-cache
/dashboard/*
  X-Content-Type-Options: nosniff
/dashboard/bundle/*
  Cache-Control: public, max-age=31536000, immutable
`;

/** Views that are drawn with the kit stand in `.answer`; elsewhere the dashboard has classes of the same names. */
const REPORT_RULES = `${TOKEN_RULES}${PLOT_RULES}.answer{${FIGURE_RULES}}`;

/** `@import "report-style"`: the colours of the reports, and the rules of their plots and figures. */
const REPORT_STYLE: Plugin = {
  name: "report-style",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^report-style$/ }, ({ path }) => ({ path, namespace: "report-style" }));
    onLoad({ filter: /.*/, namespace: "report-style" }, () => ({
      contents: REPORT_RULES,
      loader: "css",
    }));
  },
};

/** Writes the page and its files. Writing them again changes nothing. */
export async function writeDashboardAssets(): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(SOURCE, "main.ts"), join(SOURCE, "style", "dashboard.css")],
    outdir: BUNDLE,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2023",
    minify: true,
    metafile: true,
    legalComments: "none",
    logLevel: "warning",
    plugins: [REPORT_STYLE],
    absWorkingDir: ROOT,
  });
  const page = await readFile(join(SOURCE, "index.html"), "utf8");
  const named = page
    .replace("{{script}}", `bundle/${outputOf(metafile, "dashboard/main.ts")}`)
    .replace("{{style}}", `bundle/${outputOf(metafile, "dashboard/style/dashboard.css")}`);
  await writeFile(join(FOLDER, "icon.svg"), await readFile(join(SOURCE, "icon.svg")));
  await writeFile(join(FOLDER, "licences.txt"), await bundledLicences(ROOT, metafile));
  await writeFile(join(ASSETS, "index.html"), named);
  await removeOthers(new Set(Object.keys(metafile.outputs).map((path) => basename(path))));
}

/** Removes what earlier builds wrote, after the page names the files of this one: a gateway may serve the folder. */
async function removeOthers(kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(BUNDLE)) if (!kept.has(name)) await rm(join(BUNDLE, name), { force: true });
}

function outputOf(metafile: Metafile, entryPoint: string): string {
  const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entryPoint);
  if (found === undefined) throw new Error(`esbuild wrote no file for ${entryPoint}`);
  return basename(found[0]);
}
