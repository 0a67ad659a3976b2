// Copies a text and says for a moment that it did.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.js";

const thanksMs = 1600;

type CopyState = "ready" | "copied" | "refused";

const labels: Readonly<Record<CopyState, string>> = { ready: "Copy path", copied: "Copied", refused: "Not allowed" };

export function CopyButton({ text }: { text: string }) {
  const [state, setState] = useState<CopyState>("ready");
  useEffect(() => {
    if (state === "ready") return;
    const timer = setTimeout(() => setState("ready"), thanksMs);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    // The clipboard is missing where the page is not served from this machine or over TLS.
    const writing = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    writing.then(
      () => setState("copied"),
      () => setState("refused"),
    );
  };
  return (
    <button type="button" class="quiet" onClick={copy} title={text}>
      <Icon name={state === "copied" ? "done" : "copy"} />
      <span aria-live="polite">{labels[state]}</span>
    </button>
  );
}
