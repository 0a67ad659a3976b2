// The headings above a passage, less what the title has said already.

export function headingTrail(title: string, headingPath: readonly string[]): readonly string[] {
  const [first, ...rest] = headingPath;
  return first !== undefined && first.trim().toLowerCase() === title.trim().toLowerCase() ? rest : headingPath;
}
