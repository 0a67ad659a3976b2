// What is known of a document besides its text: the library's own facts, then its metadata.
import type { StoredDocument } from "../api/documents.js";
import { formatCount } from "../text/numbers.js";

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function RecordFacts({ record }: { record: StoredDocument }) {
  const { id, type, modifiedAt, indexedAt, characters, chunks, metadata } = record;
  const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, 0);
  const own: [string, string][] = [
    ["Id", id],
    ["Type", type],
    ...(modifiedAt === undefined ? [] : [["Changed", momentOf(modifiedAt)] satisfies [string, string]]),
    ["Indexed", momentOf(indexedAt)],
    ["Length", `${formatCount(characters)} characters, ${formatCount(tokens)} tokens in its passages`],
  ];
  const given = Object.entries(metadata).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(", ") : String(value),
  ]);
  return (
    <>
      <FactList facts={own} />
      {given.length > 0 && (
        <>
          <h3 class="record-title">Metadata</h3>
          <FactList facts={given} />
        </>
      )}
    </>
  );
}

function FactList({ facts }: { facts: readonly [string, string][] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name} class="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function momentOf(iso: string): string {
  return moment.format(new Date(iso));
}
