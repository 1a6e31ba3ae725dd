// A thread that answers label series with the lift of the pipeline on them.
import { parentPort, workerData } from "node:worker_threads";
import { labelLift, type LiftProblem } from "./label-lift.ts";

parentPort!.on("message", (label: Uint8Array) => parentPort!.postMessage(labelLift(workerData as LiftProblem, label)));
