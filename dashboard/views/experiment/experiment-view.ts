// The view `experiment`.
import type { OpenView } from "../../app/view.ts";
import { placeholderView } from "../placeholder-view.ts";

export const openExperimentView: OpenView = () => placeholderView("Experiment");
