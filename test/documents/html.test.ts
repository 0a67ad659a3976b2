import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { readHtml } from "../../src/documents/html.js";
import { normalise } from "../../src/documents/normalise.js";

const textOf = (source: string) => readHtml(source).text;

test("headings, paragraphs, lists, code and tables become plain text", () => {
  const { text, headings, codeBlocks } = readHtml(
    "<h1>A <em>title</em><a class=headerlink href='#a'>¶</a></h1><p>Some <b>bold</b>\n text &amp; more,<br>next line</p>" +
      "<ul><li>one<li><p>two</p><ol><li>deeper</ol></ul><pre><code>if (a &lt; b) {\n  c();\n}\n</code></pre>" +
      "<table><caption>Sizes</caption><tr><th>Name<th>Size</tr><tr><td>a<td>1 <br>kB</table><blockquote>quoted</blockquote>",
  );
  assert.equal(
    text,
    "A title\n\nSome bold text & more,\nnext line\n\n- one\n- two\n  - deeper\n\nif (a < b) {\n  c();\n}\n\n" +
      "Sizes\n\nName | Size\na | 1 kB\n\nquoted",
  );
  assert.deepEqual(headings, [{ level: 1, title: "A title", start: 0 }]);
  assert.deepEqual(
    codeBlocks.map(({ start, end }) => text.slice(start, end)),
    ["if (a < b) {\n  c();\n}"],
  );
});

test("what is not content is left out", () => {
  const page =
    "<style>p{}</style><script>var x = '<p>no</p>'</script><noscript>no</noscript><template>no</template><nav>no</nav>" +
    "<header>no</header><aside>no</aside><svg><text>no</text></svg><form><input value=no><select><option>no</select>" +
    "<button>no</button><textarea>no</textarea>kept</form><p hidden>no</p><p aria-hidden=true>no</p>" +
    "<p style='color:red; display: none'>no</p><div role=navigation>no</div><p>also kept</p><footer>no</footer><!-- no -->";
  assert.equal(textOf(page), "kept\n\nalso kept");
});

test("the header of an article is content, as is a page's header with the first-level headline", () => {
  assert.equal(textOf("<article><header><h2>Article</h2></header><p>text</p></article>"), "Article\n\ntext");
  assert.equal(textOf("<header><h1>Page</h1><nav>no</nav></header><p>text</p>"), "Page\n\ntext");
});

test("main or the only article is preferred where it has most of the words", () => {
  const side = "<div>sidebar words</div>";
  const content = "<p>the content of the page, much longer than what is beside it</p>";
  assert.doesNotMatch(textOf(`${side}<main>${content}</main>`), /sidebar/);
  assert.doesNotMatch(textOf(`${side}<article>${content}</article>`), /sidebar/);
  assert.doesNotMatch(textOf(`${side}<div role=main>${content}</div>`), /sidebar/);
  assert.match(textOf(`${side}${content}<main>little</main>`), /sidebar.*content.*little/s);
  assert.match(textOf(`${side}<article>${content}</article><article>${content}</article>`), /sidebar/);
});

test("tables that arrange a page are read as blocks", () => {
  assert.equal(textOf("<table><tr><td><h2>Left</h2></td><td><ul><li>item</ul></td></tr></table>"), "Left\n\n- item");
});

test("a table of contents goes, for its words are headings", () => {
  assert.equal(textOf("<ol><li>1. <a href='#a'>One</a><li>– <a href='#b'>Two</a></ol><h2 id=a>One</h2>"), "One");
});

test("title, language, description and author are read from the head", () => {
  const { title, metadata } = readHtml(
    "<html lang=en-GB><head><title> The \n title </title><meta name=Description content='What it is'>" +
      "<meta name=author content=Ada><meta property=og:description content=other></head><body><h1>Heading</h1></body></html>",
  );
  assert.equal(title, "The title");
  assert.deepEqual(metadata, { lang: "en-GB", description: "What it is", author: "Ada" });
  assert.equal(readHtml("<h1>Heading</h1><p>x").title, "Heading");
  assert.equal(readHtml("<p>x").title, undefined);
});

test("elements nested deeper than the call stack are read", () => {
  for (const tag of [
    "<div>",
    "<ul><li>",
    "<table><tr><td>",
    "<h1>",
    "<section><header>",
    "<pre>",
    "<b>",
    "<blockquote>",
  ]) {
    assert.match(textOf(`${tag.repeat(10_000)}deep`), /^\s*(- )?deep$/, tag);
  }
});

test("unclosed formatting does not multiply", () => {
  const bomb = Array.from({ length: 5000 }, (_, n) => `<b id=${n}><p>`).join("");
  assert.equal(textOf(`${bomb}deep`), "deep");
});

test("any text gives normalised text, and no headings but where they are said to be", () => {
  const unit = fc.constantFrom(
    ..."<>/ \"'=!-&;ab\n",
    "<p>",
    "</p>",
    "<h1>",
    "</h1>",
    "<li>",
    "<ul>",
    "</ul>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<pre>",
    "</pre>",
    "<br>",
    "<!--",
    "-->",
    "<img alt=x>",
    "e\u0301",
    "&nbsp;",
    "<script>",
    "</script>",
    "<a href='#x'>",
    "</a>",
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (source) => {
      const { text, headings } = readHtml(source);
      assert.equal(normalise(text), text);
      for (const { start, title } of headings) assert.ok(text.startsWith(title, start));
    }),
    { numRuns: 2000 },
  );
});
