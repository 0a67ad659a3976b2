// Filters: conditions on documents, from what callers write to a checked tree.

export { type Filter, type FilterNode, type FilterRange, type FilterScalar, parseFilter } from "./filter.js";
export { evaluateFilter, type FilteredDocument } from "./filter-evaluation.js";
export { parseFilterExpression } from "./filter-expression.js";
