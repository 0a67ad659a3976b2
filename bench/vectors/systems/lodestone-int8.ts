// Our index with vectors kept in a quarter of the memory, by the planner's own choice.

import { autoAlone, openOwnSystem } from "./own-system.js";
import type { SystemModule } from "./system.js";

export const openSystem: SystemModule["openSystem"] = (place) =>
  openOwnSystem(place, { plans: [autoAlone("int8")], index: { format: "int8" } });
