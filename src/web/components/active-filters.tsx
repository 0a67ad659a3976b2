// The filters in force, each of which can be taken off.
import { mediaTypeName } from "../text/media-type-name.js";
import { Icon } from "./icon.js";

type Filtered = { folder: string | undefined; types: readonly string[] };

export function ActiveFilters<View extends Filtered>({ view, onView }: { view: View; onView(view: View): void }) {
  const { folder, types } = view;
  if (folder === undefined && types.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filters in force">
      {folder !== undefined && <Chip label={folder} onRemove={() => onView({ ...view, folder: undefined })} />}
      {types.map((type) => (
        <Chip
          key={type}
          label={mediaTypeName(type)}
          onRemove={() => onView({ ...view, types: types.filter((other) => other !== type) })}
        />
      ))}
    </ul>
  );
}

function Chip({ label, onRemove }: { label: string; onRemove(): void }) {
  return (
    <li>
      <button type="button" class="chip" onClick={onRemove} aria-label={`Remove filter ${label}`}>
        <span class="chip-label">{label}</span>
        <Icon name="close" />
      </button>
    </li>
  );
}
