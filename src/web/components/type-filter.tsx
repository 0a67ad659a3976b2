// Choosing media types; several can be wanted at once.
import type { FacetCount } from "../api/facets.js";
import { mediaTypeName } from "../text/media-type-name.js";
import { formatCount } from "../text/numbers.js";

type Props = { types: readonly FacetCount[]; chosen: readonly string[]; onChoose(types: string[]): void };

export function TypeFilter({ types, chosen, onChoose }: Props) {
  const toggle = (type: string) =>
    onChoose(chosen.includes(type) ? chosen.filter((other) => other !== type) : [...chosen, type]);
  return (
    <fieldset class="filter types">
      <legend class="filter-name">Type</legend>
      <ul class="type-list">
        {types.map(({ value, count }) => (
          <li key={value}>
            <label class="choice">
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
              <span class="choice-name">{mediaTypeName(value)}</span>
              <span class="choice-count">{formatCount(count)}</span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
