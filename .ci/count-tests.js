// Adds up the results that Vitest wrote, as one plain last line behind the names of tests that failed: other programs that
// the tests call print closing lines of their own before it. Without a test it fails.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const run of ["short", "long-parts", "long-programs"]) {
  const path = join(import.meta.dirname, `../dist/test-results-${run}.json`);
  const results = JSON.parse(readFileSync(path, "utf8"));
  counts.passed += results.numPassedTests;
  counts.failed += results.numFailedTests;
  counts.skipped += results.numPendingTests + results.numTodoTests;
  for (const { name, message, assertionResults } of results.testResults) {
    if (message) console.log(`failed: ${name}: ${message.slice(0, 2_000)}`);
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status === "failed")
        console.log(`failed: ${name}: ${fullName}\n${failureMessages.join("\n").slice(0, 2_000)}`);
    }
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.passed === 0 || counts.failed > 0) process.exit(1);
