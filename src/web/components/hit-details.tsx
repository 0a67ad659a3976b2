// What is known about a hit besides its text, shown when asked for.
import type { Hit } from "../api/search.js";
import { formatCount } from "../text/numbers.js";

export function HitDetails({ hit }: { hit: Hit }) {
  const { chunk } = hit;
  const facts: [string, string][] = [
    ["Document", hit.id],
    ["Type", hit.type],
    ["Passage", `${chunk.index + 1} (characters ${formatCount(chunk.start)} to ${formatCount(chunk.end)})`],
    ...Object.entries(hit.metadata).map(([name, value]): [string, string] => [
      name,
      Array.isArray(value) ? value.join(", ") : String(value),
    ]),
  ];
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
