// The panel at the right: docked beside the results where there is room, over them where there is not.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.js";

type Props = {
  name: "explain" | "document";
  label: string;
  /** Identity of what is shown: when it changes, the panel takes the focus again. Undefined never takes it. */
  focusKey: string | undefined;
  head: ComponentChildren;
  children: ComponentChildren;
  onClose(): void;
};

export function Panel({ name, label, focusKey, head, children, onClose }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const scrolled = { tabIndex: 0, role: "group", "aria-label": `${label}, text` } as const;
  useEffect(() => {
    if (focusKey !== undefined) body.current?.focus({ preventScroll: true });
  }, [focusKey]);
  return (
    <section class={`panel panel-${name}`} aria-label={label} data-place="panel">
      <div class="panel-head">
        {head}
        <button type="button" class="tool panel-close" onClick={onClose} aria-label="Close" title="Close ( Esc )">
          <Icon name="close" />
        </button>
      </div>
      {/* Focusable, so that the arrow keys scroll it. */}
      <div ref={body} class="panel-body" {...scrolled}>
        {children}
      </div>
    </section>
  );
}
