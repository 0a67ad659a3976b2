// The column beside a page's list with everything that narrows it; on a narrow window it folds behind a button.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "./icon.js";

type Props = {
  /** Filters in force, told on the button. */
  count: number;
  inert: boolean;
  children: ComponentChildren;
};

export function Rail({ count, inert, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <aside class="rail" inert={inert} aria-label="Filters">
      <button type="button" class="rail-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="filter" />
        Filters
        {count > 0 && <span class="rail-count">{count}</span>}
      </button>
      <div class={isOpen ? "rail-body open" : "rail-body"}>{children}</div>
    </aside>
  );
}
