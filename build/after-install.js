// Runs build/prepare.ts after an installation, unless it was one without the tools of development: then there is nothing
// to bundle with, and neither the pinned Node nor Swagger UI. Plain JavaScript, because any Node may run it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tools = ["node", "swagger-ui-dist"].map((name) => join(root, "node_modules", name, "package.json"));
if (tools.every((path) => existsSync(path))) {
  const node = join(root, "node_modules", ".bin", "node");
  process.exitCode = spawnSync(node, [join(root, "build", "prepare.ts")], { stdio: "inherit" }).status ?? 1;
} else {
  console.log("dist/ is not written: the tools of development are not installed");
}
