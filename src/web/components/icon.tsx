// The page's icons: 16 x 16, drawn with the text's colour. Always beside or inside something that has a name, so hidden from
// assistive technology.

export type IconName =
  | "search"
  | "close"
  | "copy"
  | "done"
  | "filter"
  | "ladder"
  | "keyboard"
  | "system"
  | "light"
  | "dark"
  | "notice"
  | "details"
  | "folder"
  | "menu"
  | "retry"
  | "delete";

const drawings: Readonly<Record<IconName, string>> = {
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.4 10.4 14 14",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M6 5.5h7.5v8H6zM10 5.5v-3H2.5v8H6",
  done: "M3 8.5 6.5 12 13 4.5",
  filter: "M2 4h12M4.5 8h7M6.5 12h3",
  ladder: "M2 11.5C6 11.5 5.5 4 9 4h5M2 4.5C6 4.5 5.5 11 9 11h5",
  keyboard: "M1.5 4h13v8.5h-13zM4 6.7h.01M6.7 6.7h.01M9.3 6.7h.01M12 6.7h.01M5 9.8h6",
  system: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 2.5v11M10 3.2v9.6M12 4.5v7",
  light:
    "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M12.8 3.2l-1 1M4.2 11.8l-1 1",
  dark: "M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1",
  notice: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M8 5.2v3.4M8 10.9v.01",
  details: "M2.5 4.5h11M2.5 8h11M2.5 11.5h6",
  folder: "M2 4h4.2l1.4 1.6H14v6.9H2z",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  retry: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3",
  delete: "M2.5 4.2h11M6 4.2V2.5h4v1.7M4 4.2l.6 9.3h6.8l.6-9.3",
};

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  );
}
