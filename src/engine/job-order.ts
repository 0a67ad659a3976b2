// What a caller submits, checked and in the form in which the queue keeps it: JSON, with a line that says what it is about.

import { checkMetadata } from "../documents/index.js";
import { LodestoneError } from "../errors.js";
import type { Filter } from "../filters/index.js";
import {
  type DocumentInput,
  type JobPayloadInput,
  type OnDuplicate,
  onDuplicateChoices,
  type PathOptions,
} from "../ingest/index.js";
import { checkOwnId, type JobPriority, scopedId } from "../store/index.js";
import { checkDocuments } from "./document-input.js";

/** Something to do, in the order of submission: a later put or removal of a document wins, whatever is done first. */
export type JobRequest =
  | { kind: "put"; documents: readonly DocumentInput[]; onDuplicate?: OnDuplicate }
  | { kind: "remove"; ids: readonly string[] }
  /** What meets the filter when it is submitted. */
  | { kind: "remove"; filter: Filter }
  /** Relative paths are seen from this process's working directory. */
  | { kind: "paths"; targets: readonly string[]; options?: PathOptions };

export type SubmitOptions = {
  /** Interactive jobs are done before bulk. Default "bulk". */
  priority?: JobPriority;
};

type OrderOf<K extends JobPayloadInput["kind"]> = Extract<JobPayloadInput, { kind: K }> & {
  subject: string;
  total: number | null;
  priority: JobPriority;
  /** Ids in it are scoped so; '' for nobody's. */
  tenant: string;
};

/** What is submitted, and what to call it. */
export type JobOrder = OrderOf<"put"> | OrderOf<"remove"> | OrderOf<"paths">;

/** Throws INVALID_INPUT or UNKNOWN_FIELD naming the document. */
export function putOrder(
  documents: readonly DocumentInput[],
  priority: JobPriority,
  onDuplicate?: OnDuplicate,
  tenant = "",
): OrderOf<"put"> {
  checkOnDuplicate(onDuplicate);
  // JSON has no NaN and no infinity: what would be lost on the way is found here.
  const checked = checkDocuments(documents).map((document) =>
    document.metadata === undefined ? document : { ...document, metadata: checkMetadata(document.metadata) },
  );
  return {
    kind: "put",
    documents: checked.map((document) => ({ ...document, id: scopedId(tenant, document.id) })),
    ...(onDuplicate === undefined ? {} : { onDuplicate }),
    subject: subjectOf(checked.map(({ id }) => id)),
    total: checked.length,
    priority,
    tenant,
  };
}

export function removeOrder(ids: readonly string[], priority: JobPriority, tenant = ""): OrderOf<"remove"> {
  if (!Array.isArray(ids) || ids.some((id) => typeof id !== "string")) {
    throw new LodestoneError("INVALID_INPUT", "Expected a list of ids of documents to remove.");
  }
  ids.forEach(checkOwnId);
  const scoped = ids.map((id) => scopedId(tenant, id));
  return { kind: "remove", ids: scoped, subject: subjectOf(ids), total: ids.length, priority, tenant };
}

export function pathsOrder(targets: readonly string[], options: PathOptions, priority: JobPriority): OrderOf<"paths"> {
  checkOnDuplicate(options.onDuplicate);
  return {
    kind: "paths",
    targets: [...targets],
    cwd: process.cwd(),
    options,
    subject: subjectOf(targets),
    total: null,
    priority,
    tenant: "",
  };
}

function checkOnDuplicate(choice: OnDuplicate | undefined): void {
  if (choice === undefined || onDuplicateChoices.includes(choice)) return;
  const expected = onDuplicateChoices.map((known) => `"${known}"`).join(", ");
  throw new LodestoneError("INVALID_INPUT", `onDuplicate is one of ${expected}, not ${JSON.stringify(choice)}.`);
}

const SUBJECT_CHARACTERS = 200;

/** The first names, and how many more there are. */
function subjectOf(names: readonly string[]): string {
  let shown = 0;
  let characters = 0;
  for (; shown < names.length && (shown === 0 || characters + names[shown]!.length < SUBJECT_CHARACTERS); shown++) {
    characters += names[shown]!.length + 2;
  }
  const more = names.length - shown;
  const listed = names.slice(0, shown).join(", ");
  const text = listed.length > SUBJECT_CHARACTERS ? `${listed.slice(0, SUBJECT_CHARACTERS)}…` : listed;
  return more > 0 ? `${text} and ${more} more` : text;
}
