// The command that fills a library.
import { useScrollable } from "../hooks/use-scrollable.js";

export function IndexCommand() {
  return (
    <pre class="command" {...useScrollable<HTMLPreElement>("Command")}>
      <code>npx lodestone index ~/notes</code>
    </pre>
  );
}
