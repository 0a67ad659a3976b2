// The foot of the page: what is searched, with which model, and that it stays here.
import type { Status } from "../api/status.js";
import { modelName } from "../text/model-name.js";
import { plural } from "../text/numbers.js";

export function PageFooter({ status, inert }: { status: Status | undefined; inert: boolean }) {
  return (
    <footer class="page-footer" inert={inert}>
      {status !== undefined && (
        <>
          <span>
            {plural(status.library.documents, "document")}, {plural(status.library.chunks, "passage")}
          </span>
          <span>{modelName(status.models.biEncoder)}</span>
        </>
      )}
      <span>All local</span>
      <a href="/docs">API</a>
      <a href="/benchmarks">Benchmarks</a>
      {status !== undefined && <span class="version">Lodestone {status.version}</span>}
    </footer>
  );
}
