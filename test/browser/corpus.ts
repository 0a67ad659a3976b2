// The library of the browser tests: a dozen short files in four folders and three types. The tests name words that stand in
// them, so a change here is a change there.

export type CorpusFile = { path: string; text: string };

export const corpus: readonly CorpusFile[] = [
  {
    path: "guides/rotating-keys.md",
    text: `# Rotating the signing keys

Every release is signed. This guide replaces the keys that sign it.

## When to rotate

Rotate the signing keys once a year, and at once when a laptop that held them is lost.

## How to rotate

Make the new pair first, publish its public half, and only then retire the old one:

\`\`\`sh
signer new-pair --out keys/next.pem
signer publish keys/next.pub
signer retire keys/current.pem
\`\`\`

Releases that were signed before stay valid: the old public half is kept in the ring.
`,
  },
  {
    path: "guides/backups.md",
    text: `# Backups

Copy the library folder every night to a disk in another building.

## Restoring

Restore into an empty folder, verify the checksums, then start the service. The signing keys are not part of a backup.
`,
  },
  {
    path: "guides/first-steps.md",
    text: "# First steps\n\nInstall the program, point it at a folder of notes, and ask it a question in plain words.\n",
  },
  {
    path: "guides/upgrading.md",
    text: "# Upgrading\n\nRead the list of changes, stop the service, install the new version and start it again.\n",
  },
  {
    path: "reference/configuration.md",
    text: `# Configuration

## Ports

The service listens on port 7878 of the local interface.

## Keys and certificates

The option \`tls.key\` names the file of the private key, \`tls.cert\` that of the certificate.
`,
  },
  {
    path: "reference/errors.md",
    text: "# Errors\n\nEvery error has a stable code. DISK_FULL means that the journal could not be written; free some space and try again.\n",
  },
  {
    path: "reference/filters.md",
    text: "# Filters\n\nA filter narrows a search to a folder, a type, or a range of dates. Conditions can be joined by and, or and not.\n",
  },
  {
    path: "reference/limits.md",
    text: "# Limits\n\nA document may hold up to sixty-four megabytes of text. Longer ones are skipped and reported.\n",
  },
  {
    path: "notes/2024/meeting.txt",
    text: "Meeting of the release team, 4 March. Ada rotates the signing keys on Friday; Grace watches the mirrors meanwhile.\n",
  },
  {
    path: "notes/2024/coffee.txt",
    text: "Coffee for the office: twenty grams to three hundred of water, ninety-four degrees, three minutes.\n",
  },
  {
    path: "notes/2024/reading.txt",
    text: "To read: a history of compasses, how loadstones were mined on Elba, and why needles point north.\n",
  },
  {
    path: "pages/press.html",
    text: `<!doctype html><html><head><title>Press release</title></head><body><nav>Home</nav><main><h1>Press release</h1>
<p>The spring release is out. It is the first one that is signed with the new keys, and the fastest so far.</p></main></body></html>`,
  },
  {
    path: "pages/garden.html",
    text: `<!doctype html><html><head><title>Garden diary</title></head><body><main><h1>Garden diary</h1>
<p>The tomatoes need shade in July. Water them before sunrise, and never on the leaves.</p></main></body></html>`,
  },
];
