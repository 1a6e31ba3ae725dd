// The static assets of a self-hosted gateway: addresses and headers as Cloudflare gives them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { assetsManifest } from "../../self-host/assets-manifest.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-assets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("gives pages their short address, moves the long ones there, and adds the headers of _headers", () => {
  mkdirSync(join(folder, "guide"));
  for (const name of ["index.html", "docs.html", "guide/index.html", "app.js", "data.bin"]) {
    writeFileSync(join(folder, name), name);
  }
  writeFileSync(join(folder, "_headers"), "# a remark\n/docs*\n  X-One: 1\n/*\n  X-All: yes: all\n");
  const manifest = assetsManifest(folder);
  expect(Object.keys(manifest).sort()).toEqual(
    ["/", "/index", "/index.html", "/docs", "/docs/", "/docs.html", "/guide", "/guide/", "/guide/index"]
      .concat("/guide/index.html", "/app.js", "/data.bin")
      .sort(),
  );
  expect(manifest["/docs.html"]).toEqual({ moved: "/docs" });
  expect(manifest["/guide"]).toEqual({ moved: "/guide/" });
  expect(manifest["/docs"]).toMatchObject({
    file: "docs.html",
    headers: { "Content-Type": "text/html; charset=utf-8", "X-One": "1", "X-All": "yes: all" },
  });
  expect(manifest["/app.js"]).toMatchObject({ headers: { "Content-Type": "text/javascript; charset=utf-8" } });
  expect(manifest["/data.bin"]).toMatchObject({ headers: { "Content-Type": "application/octet-stream" } });
  expect(manifest["/app.js"]).not.toHaveProperty("headers.X-One");
  expect(manifest["/_headers"]).toBeUndefined();
});
