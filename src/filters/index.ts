// Filters: conditions on documents, from what callers write to a checked tree.

export { evaluateFilter, type FilteredDocument } from "../retrieval/filter-evaluation.js";
export { parseFilterExpression } from "../retrieval/filter-expression.js";
export { type Filter, type FilterNode, type FilterRange, type FilterScalar, parseFilter } from "../retrieval/filter.js";
