// The gateway's private socket, from `serve`: cron triggers are run by it, and whether workerd lives is asked there. An
// answer at the public address could be another program's.
import { request } from "node:http";
import { text } from "node:stream/consumers";

interface BellAnswer {
  readonly status: number;
  readonly text: string;
}

/** Runs a trigger's handler; a sentence when it failed. */
export async function ringBell(socketPath: string, cron: string): Promise<string | undefined> {
  try {
    const answer = await ask(socketPath, `/?${new URLSearchParams({ cron }).toString()}`);
    return answer.status === 200 ? undefined : answer.text;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export async function isAlive(socketPath: string, withinMs: number): Promise<boolean> {
  return await ask(socketPath, "/", withinMs).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/** @param withinMs without it the answer may take as long as it does. */
async function ask(socketPath: string, path: string, withinMs?: number): Promise<BellAnswer> {
  return await new Promise((resolve, reject) => {
    const signal = withinMs === undefined ? {} : { signal: AbortSignal.timeout(withinMs) };
    const call = request({ socketPath, path, ...signal }, (response) => {
      text(response).then((said) => resolve({ status: response.statusCode ?? 0, text: said }), reject);
    });
    call.once("error", reject);
    call.end();
  });
}
