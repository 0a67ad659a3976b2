// The version of the text pipeline, stored with every document: a document of another version is stale.

/**
 * BAKED IN: chunk ids, offsets and embeddings follow from it. Raise it with every change after which the same bytes could
 * give another text, another title, other metadata or other chunks: a reader, `normalise`, `sentences` or the chunker.
 */
export const pipelineVersion = "1";
