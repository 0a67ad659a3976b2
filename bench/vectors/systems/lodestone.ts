// Our index without a graph: exact search, search by codes, by codes in lists, and the planner's own choice.

import { type OwnPlan, openOwnSystem } from "./own-system.js";
import { curve, type SystemModule } from "./system.js";

const plans: readonly OwnPlan[] = [
  {
    settings: curve("auto", "recall", [0.9, 0.95, 0.98, 0.99, 0.995]).map((setting) =>
      setting.parameters.recall === 0.99 ? { ...setting, isDefault: true } : setting,
    ),
    options: ({ recall }) => ({ plan: "auto", recall }),
  },
  {
    settings: curve("prefilter", "oversampling", [1.5, 2, 3, 5, 8, 12, 20, 30, 50]),
    options: ({ oversampling }) => ({ plan: "prefilter", oversampling }),
  },
  {
    settings: curve("ivf", "probes", [25, 50, 100, 200, 400, 800, 1600]),
    options: ({ probes }) => ({ plan: "ivf", probes }),
  },
  {
    settings: [{ family: "exact", label: "exact", parameters: {} }],
    options: () => ({ plan: "exact" }),
  },
];

export const openSystem: SystemModule["openSystem"] = (place) => openOwnSystem(place, { plans });
