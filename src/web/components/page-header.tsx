// The top of every page: mark, search field, the way to the other pages, theme and keys.
import type { ComponentChildren } from "preact";
import { useTheme } from "../hooks/use-theme.js";
import type { PageName } from "../routing/pages.js";
import { Icon } from "./icon.js";
import { Mark } from "./mark.js";
import { PageNav } from "./page-nav.js";

export function PageHeader({
  page,
  onHome,
  onKeys,
  children,
}: {
  page: PageName;
  onHome(): void;
  onKeys(): void;
  children: ComponentChildren;
}) {
  const { theme, next, change } = useTheme();
  const goHome = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onHome();
  };
  return (
    <header class="page-header">
      <a class="home" href="/" onClick={goHome}>
        <Mark />
        <span class="wordmark">Lodestone</span>
      </a>
      {children}
      <div class="header-tools">
        <PageNav page={page} />
        <button
          type="button"
          class="tool"
          onClick={change}
          aria-label={`Theme: ${theme}. Change to ${next}`}
          title={`Theme: ${theme}`}
        >
          <Icon name={theme} />
        </button>
        <button type="button" class="tool tool-keys" onClick={onKeys} aria-label="Show keys" title="Keys ( ? )">
          <Icon name="keyboard" />
        </button>
      </div>
    </header>
  );
}
