// Adds up the results that Vitest wrote, as one plain last line: other programs that the tests call print closing lines of
// their own before it. Without a test it fails.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const mode of ["short", "long"]) {
  const path = join(import.meta.dirname, `../dist/test-results-${mode}.json`);
  const results = JSON.parse(readFileSync(path, "utf8"));
  counts.passed += results.numPassedTests;
  counts.failed += results.numFailedTests;
  counts.skipped += results.numPendingTests + results.numTodoTests;
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.passed === 0 || counts.failed > 0) process.exit(1);
