// Applies a remembered theme before the first paint, so that the page never flashes in the other one. Kept out of the
// bundle because a module runs too late for that. The key and the values are those of hooks/use-theme.ts.
try {
  const theme = localStorage.getItem("lodestone.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: the system's theme is then the only one.
}
