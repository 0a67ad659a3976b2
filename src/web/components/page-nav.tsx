// The way to the pages: links in the header, behind a button where there is no room for them.
import { useRef } from "preact/hooks";
import { useMedia } from "../hooks/use-media.js";
import type { PageName } from "../routing/pages.js";
import { fragmentOf, pages } from "../routing/pages.js";
import { Icon } from "./icon.js";

export function PageNav({ page }: { page: PageName }) {
  const isNarrow = useMedia("(max-width: 68rem)");
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (menu.current !== null) menu.current.open = false;
  };
  const links = (
    <ul class="page-links">
      {pages.map(({ name, label }) => (
        <li key={name}>
          <a
            class="page-link"
            href={fragmentOf(name)}
            aria-current={name === page ? "page" : undefined}
            onClick={close}
          >
            {label}
          </a>
        </li>
      ))}
    </ul>
  );
  if (!isNarrow)
    return (
      <nav class="pages" aria-label="Pages">
        {links}
      </nav>
    );
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || menu.current?.open !== true) return;
    event.preventDefault();
    close();
    menu.current.querySelector("summary")?.focus();
  };
  const onLeave = (event: FocusEvent) => {
    if (!menu.current?.contains(event.relatedTarget as Node | null)) close();
  };
  return (
    <nav class="pages" aria-label="Pages">
      <details ref={menu} class="page-menu" onKeyDown={onKey} onFocusOut={onLeave}>
        <summary class="tool" aria-label="Pages">
          <Icon name="menu" />
        </summary>
        {links}
      </details>
    </nav>
  );
}
