import { describe, expect, it } from "vitest";
import { ChildProgram, runNode, runSuccessfully } from "./child-program.ts";

const program = (code: string): string[] => ["--input-type=module", "--eval", code];
const ENDLESS = "console.log('ready'); setInterval(() => {}, 1000)";

describe("a program that a test starts", () => {
  it("gives its status and what it wrote, apart for both streams", async () => {
    const code = "console.log(process.env.NAME); console.error('no'); process.exitCode = 3";
    const finished = await runNode(program(code), { env: { NAME: "ada" } });
    expect(finished).toEqual({ status: 3, signal: null, stdout: "ada\n", stderr: "no\n" });
  });

  it("reads its input", async () => {
    const echo = program("process.stdin.pipe(process.stdout)");
    expect((await runNode(echo, { input: "ticks" })).stdout).toBe("ticks");
  });

  it("is waited for by what it writes, and ended by its id", async () => {
    const child = new ChildProgram(process.execPath, program(ENDLESS));
    await child.printed("ready");
    expect([child.runs, child.send("SIGTERM")]).toEqual([true, true]);
    expect(await child.ended).toMatchObject({ status: null, signal: "SIGTERM" });
    expect(child.runs).toBe(false);
  });

  it("is an error with its output when it ends before the awaited line", async () => {
    const child = new ChildProgram(process.execPath, program("console.log('only this')"));
    await expect(child.printed("ready")).rejects.toThrow(/without coming so far:\nonly this/);
  });

  it("is killed when its time is up", async () => {
    const finished = await runNode(program(ENDLESS), { withinMs: 500 });
    expect(finished).toMatchObject({ status: null, signal: "SIGKILL" });
  });

  it("that fails is an error with its output, where it has to succeed", async () => {
    const failing = runSuccessfully(process.execPath, program("console.error('bad'); process.exit(2)"));
    await expect(failing).rejects.toThrow(/ended with 2:\nbad/);
    await expect(runSuccessfully("/nonexistent/program", [])).rejects.toThrow("ENOENT");
  });
});
