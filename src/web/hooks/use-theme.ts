// Light, dark, or as the system has it; remembered in this browser. public/theme.js applies it before the first paint.
import { useCallback, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";

const storageKey = "lodestone.theme";
const order: readonly Theme[] = ["system", "light", "dark"];

export function useTheme(): { theme: Theme; next: Theme; change(): void } {
  const [theme, setTheme] = useState<Theme>(() => {
    const applied = document.documentElement.dataset.theme;
    return order.find((known) => known === applied) ?? "system";
  });
  const next = order[(order.indexOf(theme) + 1) % order.length] ?? "system";
  const change = useCallback(() => {
    setTheme(next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    remember(next);
  }, [next]);
  return { theme, next, change };
}

function remember(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, theme);
  } catch {
    // Storage may be forbidden or full: the choice then lasts until the page is closed.
  }
}
