// Starts volgate.ts, or says in one line what is missing. Plain JavaScript, because any Node may run it.
import "./build/installed.js";

await import("./volgate.ts");
