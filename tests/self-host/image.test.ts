// The definition of the image: what it copies is there, and it holds every room that `serve` imports.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../local-gateway/wrangler-dev.ts";

const text = readFileSync(join(ROOT, "ops", "oci", "Containerfile"), "utf8");
const copied = [...text.matchAll(/^COPY --from=build ((?:\/app\/\S+ ?)+)/gm)].flatMap(([, paths]) =>
  paths!
    .trim()
    .split(" ")
    .map((path) => path.slice("/app/".length)),
);
/** They are made while the image is built. */
const MADE = ["dist", "node_modules"];

/** Files of this repository that a file imports, and those that they import; lazily loaded programs only of `serve`. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = [...readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type)[^;]*?"(\.[^"]+)";/gm)];
  for (const [, path] of imports) importsOf(resolve(dirname(file), path!), seen);
  return seen;
}

it("copies what there is, and all that serve needs", () => {
  expect(copied.length).toBeGreaterThan(10);
  for (const path of copied.filter((name) => !MADE.includes(name)))
    expect(existsSync(join(ROOT, path)), path).toBe(true);
  const needed = [...importsOf(join(ROOT, "volgate.ts")), ...importsOf(join(ROOT, "self-host", "serve.ts"))];
  const missing = needed
    .map((file) => relative(ROOT, file))
    .filter((file) => {
      return !copied.some((path) => file === path || file.startsWith(`${path}/`));
    });
  expect(missing).toEqual([]);
});

it("has a unit of systemd that names programs and folders which serve has", () => {
  const unit = readFileSync(join(ROOT, "ops", "systemd", "volgate.service"), "utf8");
  expect(unit).toMatch(
    /^ExecStart=\S+\/node \S+\/volgate\.js serve --state \/var\/lib\/volgate .*--env-file %d\/env$/m,
  );
  expect(unit).toMatch(/^StateDirectory=volgate$/m);
});
