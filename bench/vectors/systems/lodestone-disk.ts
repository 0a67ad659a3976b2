// Our index with its vectors in a file, by the planner's own choice; opened again from that file and the one of the codes.

import { autoAlone, type OwnForm, openOwnSystem, reopenOwnSystem } from "./own-system.js";
import type { SystemModule, SystemPlace } from "./system.js";

const identity = "bench";

function formIn({ folder: directory, rows: sequence }: SystemPlace): OwnForm {
  const place = { directory, identity, sequence };
  return {
    plans: [autoAlone("on disk")],
    index: { onDisk: { directory, identity } },
    files: {
      async save(index) {
        await index.saveCodes(place);
        await index.close();
      },
      async load(index) {
        await index.loadCodes(place);
      },
    },
  };
}

export const openSystem: SystemModule["openSystem"] = (place) => openOwnSystem(place, formIn(place));
export const reopenSystem = (place: SystemPlace) => reopenOwnSystem(place, formIn(place));
