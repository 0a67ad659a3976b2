// A document's text laid out, with the passage marked and, inside it, the words that matched.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { StoredDocument, TextRange } from "../api/documents.js";
import { useScrollable } from "../hooks/use-scrollable.js";
import type { DocumentBlock } from "../text/document-blocks.js";
import { documentBlocks } from "../text/document-blocks.js";
import { findWords } from "../text/matched-words.js";
import { formatCount } from "../text/numbers.js";
import { comfortableChars, readingWindow } from "../text/reading-window.js";
import { MarkedText } from "./marked-text.js";

/** Where the passage comes to stand: a quarter down the panel, with some of what precedes it in view. */
const passageFromTop = 0.25;

type Props = { document: StoredDocument; passage: TextRange | undefined; words: readonly string[] };

export function DocumentText({ document, passage, words }: Props) {
  const { text, headings, codeBlocks } = document;
  const [widthChars, setWidthChars] = useState(comfortableChars);
  const place = useRef<HTMLDivElement>(null);
  const blocks = useMemo(() => documentBlocks(text, headings, codeBlocks), [text, headings, codeBlocks]);
  const window = readingWindow(text.length, passage, widthChars);
  const shown = blocks.filter(({ start, end }) => end > window.start && start < window.end);
  const start = passage?.start;

  // Only the panel is scrolled: scrollIntoView would move the page behind it as well.
  useLayoutEffect(() => {
    const scroller = place.current?.closest(".panel-body");
    const mark = start === undefined ? null : place.current?.querySelector(".passage");
    if (!scroller || !mark) return;
    const offset = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += offset - scroller.clientHeight * passageFromTop;
  }, [start]);

  return (
    <div ref={place} class="document-text">
      {shown.length < blocks.length && (
        <p class="notice">
          This document is long: {formatCount(window.end - window.start)} of {formatCount(text.length)} characters are
          shown.{" "}
          <button type="button" class="quiet" onClick={() => setWidthChars(widthChars * 4)}>
            Show more
          </button>
        </p>
      )}
      {shown.map((block) => (
        <Block key={block.start} block={block} text={text} passage={passage} words={words} />
      ))}
    </div>
  );
}

type BlockProps = { block: DocumentBlock; text: string; passage: TextRange | undefined; words: readonly string[] };

function Block({ block, text, passage, words }: BlockProps) {
  const isInPassage = passage !== undefined && block.start < passage.end && block.end > passage.start;
  return (
    <div class={isInPassage ? "block in-passage" : "block"}>
      <BlockElement block={block}>
        <BlockText block={block} text={text} passage={passage} words={words} />
      </BlockElement>
    </div>
  );
}

function BlockElement({ block, children }: { block: DocumentBlock; children: ComponentChildren }) {
  switch (block.kind) {
    case "heading":
      return <p class={`document-heading level-${Math.min(4, block.level)}`}>{children}</p>;
    case "code":
      return <CodeBlock>{children}</CodeBlock>;
    case "paragraph":
      return <p class={block.flows ? "document-paragraph flows" : "document-paragraph"}>{children}</p>;
    default:
      return block satisfies never;
  }
}

function CodeBlock({ children }: { children: ComponentChildren }) {
  return (
    <pre class="document-code" {...useScrollable<HTMLPreElement>("Code")}>
      <code>{children}</code>
    </pre>
  );
}

function BlockText({ block, text, passage, words }: BlockProps) {
  const from = Math.max(block.start, passage?.start ?? 0);
  const to = Math.min(block.end, passage?.end ?? 0);
  if (from >= to) return <>{text.slice(block.start, block.end)}</>;
  const inside = text.slice(from, to);
  return (
    <>
      {text.slice(block.start, from)}
      <span class="passage">
        <MarkedText text={inside} highlights={findWords(inside, words)} />
      </span>
      {text.slice(to, block.end)}
    </>
  );
}
