// Asks before something that cannot be taken back. Escape and the first button leave everything as it is.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Failure } from "../api/request.js";
import { failureOf } from "../api/request.js";
import { failureWords } from "../text/failure-words.js";

type Props = {
  title: string;
  /** What the second button says. */
  action: string;
  children: ComponentChildren;
  /** The dialog closes when it resolves, and says why where it rejects. */
  onConfirm(): Promise<void>;
  /** It was done, and the dialog is closed. */
  onDone(): void;
  onClose(): void;
};

export function ConfirmDialog({ title, action, children, onConfirm, onDone, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  // Before the next key can go anywhere else.
  useLayoutEffect(() => {
    dialog.current?.showModal();
    cancel.current?.focus();
  }, []);
  // The dialog's own news of its closing comes a moment later, when it may have been asked for again.
  const leave = () => {
    dialog.current?.close();
    onClose();
  };
  const confirm = () => {
    if (isBusy) return;
    setBusy(true);
    setFailure(undefined);
    onConfirm().then(
      () => {
        // First: it gives the focus back to where it was.
        dialog.current?.close();
        onDone();
      },
      (error: unknown) => {
        setFailure(failureOf(error));
        setBusy(false);
      },
    );
  };
  return (
    <dialog
      ref={dialog}
      class="confirm"
      aria-labelledby="confirm-title"
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
      onClose={() => {
        if (dialog.current?.open === false) onClose();
      }}
    >
      <h2 id="confirm-title" class="confirm-title">
        {title}
      </h2>
      <div class="confirm-body">{children}</div>
      {failure !== undefined && (
        <p class="confirm-failure" role="alert">
          {failureWords(failure)}
        </p>
      )}
      <div class="confirm-actions">
        <button ref={cancel} type="button" class="button" onClick={leave}>
          Cancel
        </button>
        <button type="button" class="button danger" aria-disabled={isBusy} onClick={confirm}>
          {action}
        </button>
      </div>
    </dialog>
  );
}
