// Says in one line what to do when a script cannot run: nothing is installed, or this Node is too old for it. Plain
// JavaScript, because any Node may run it.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The first versions that run TypeScript as it is, by major version. */
const LEAST = { 22: 18, 23: 6 };

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [major, minor] = process.versions.node.split(".").map(Number);
if (!existsSync(join(root, "node_modules"))) refuse("nothing is installed: run npm ci first");
if (major < 24 && !(minor >= LEAST[major])) {
  const tooOld = `Node ${process.versions.node} is too old`;
  const isThere = existsSync(join(root, "node_modules/.bin/node"));
  if (isThere) refuse(`${tooOld}: use npm run, which takes the Node that npm ci installed`);
  refuse(`${tooOld}, and the one that npm ci installs is missing: run npm ci again`);
}

function refuse(sentence) {
  console.error(`volgate: ${sentence}`);
  process.exit(2);
}
