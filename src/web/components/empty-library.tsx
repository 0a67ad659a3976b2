// A library without documents: how to fill it.
import type { Status } from "../api/status.js";
import { IndexCommand } from "./index-command.js";

export function EmptyLibrary({ status }: { status: Status }) {
  return (
    <section class="state" aria-label="Empty library">
      <h2 class="state-title">This library is empty</h2>
      {status.ingest.running ? (
        <p>Files are being indexed now. They can be searched as they come in.</p>
      ) : (
        <>
          <p>Give it a folder of notes, documentation or data:</p>
          <IndexCommand />
          <p class="state-hint">Markdown, text, HTML, JSONL and CSV are read. Nothing leaves this machine.</p>
        </>
      )}
    </section>
  );
}
