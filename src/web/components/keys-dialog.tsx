// The keys of the page.
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.js";

const keys: readonly [string[], string][] = [
  [["/"], "Go to the search field"],
  [["↓", "↑"], "Walk through suggestions, results or documents"],
  [["Enter"], "Go to the first result; on a result, open it"],
  [["e"], "Explain the ranking"],
  [["Esc"], "Close what is open, then clear the search"],
  [["?"], "Show these keys"],
];

export function KeysDialog({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="keys" aria-labelledby="keys-title" onClose={onClose}>
      <div class="keys-head">
        <h2 id="keys-title">Keys</h2>
        <button type="button" class="tool" onClick={() => dialog.current?.close()} aria-label="Close">
          <Icon name="close" />
        </button>
      </div>
      <dl class="keys-list">
        {keys.map(([names, meaning]) => (
          <div key={meaning} class="keys-row">
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
