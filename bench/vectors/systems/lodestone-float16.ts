// Our index with vectors kept in half the memory, by the planner's own choice.

import { autoAlone, openOwnSystem } from "./own-system.js";
import type { SystemModule } from "./system.js";

export const openSystem: SystemModule["openSystem"] = (place) =>
  openOwnSystem(place, { plans: [autoAlone("float16")], index: { format: "float16" } });
