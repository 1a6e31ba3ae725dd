// A history under kill -9: after it the symbol is not there, or it is there whole.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { market } from "../worker/market.ts";

const KILLS = 8;
const TICKS = market("BTC-USD", 4_000);
const LINES = TICKS.map((tick) => `${JSON.stringify(tick)}\n`).join("");

const dir = mkdtempSync(join(tmpdir(), "volgate-warm-kill-"));
let victim: BareWorkerd;

beforeAll(async () => {
  await bundleWorker(join(dir, "bundle"));
  victim = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "victim"));
  await victim.start();
});
afterAll(async () => {
  await victim.kill();
  rmSync(dir, { recursive: true, force: true });
});

// Answers are read without types: tests assert what is in them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function ask(path: string, init?: RequestInit): Promise<{ readonly status: number; readonly body: any }> {
  const response = await fetch(victim.url + path, init);
  return { status: response.status, body: await response.json() };
}

const warm = (symbol: string) =>
  ask(`/admin/symbols/${symbol}/warm`, {
    method: "POST",
    body: LINES.replaceAll("BTC-USD", symbol),
    headers: { "Content-Type": "application/x-ndjson" },
  });

it(`is whole or not there after each of ${KILLS} kills, and answers the same as one that was never killed`, async () => {
  const startedMs = performance.now();
  const { body: control } = await warm("CONTROL");
  const takesMs = performance.now() - startedMs;
  expect(control.warm).toMatchObject({ steps: TICKS.length - 1, ticks: TICKS.length });
  const { body: expected } = await ask("/predict?symbol=CONTROL");
  const found = { whole: 0, absent: 0, answered: 0 };
  for (let kill = 0; kill < KILLS; kill++) {
    const symbol = `VICTIM-${kill}`;
    // Of the last, the answer is awaited: what was answered is there.
    const isLast = kill === KILLS - 1;
    const answer = warm(symbol).catch(() => undefined);
    // From its beginning to some time after its end.
    await (isLast ? answer : sleep((1.5 * takesMs * (kill + 1)) / KILLS));
    await victim.kill();
    const isAnswered = (await answer)?.status === 200;
    await victim.start();
    const { status, body } = await ask(`/symbols/${symbol}`);
    if (status === 404) found.absent += 1;
    else expect(body).toMatchObject({ warm: control.warm, steps_closed: TICKS.length - 1, batches: 0 });
    if (status === 200) found.whole += 1;
    if (isAnswered) found.answered += 1;
    if (isAnswered) expect(status).toBe(200);
    // What is not there can be warmed again.
    expect((await warm(symbol)).status).toBe(status === 404 ? 200 : 409);
    const { body: predicted } = await ask(`/predict?symbol=${symbol}`);
    expect(predicted).toMatchObject({
      probability: expected.probability,
      tau_bps: expected.tau_bps,
      warm: expected.warm,
    });
  }
  console.log(`kills during a history: ${JSON.stringify(found)}`);
  expect(found.answered).toBeGreaterThan(0);
  expect(found.absent + found.whole).toBe(KILLS);
});
