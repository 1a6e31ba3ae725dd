// What the Worker needs beside its code, made once after `npm install` and before each bundle.
import { writeDocsAssets } from "./docs-assets.ts";

await writeDocsAssets();
