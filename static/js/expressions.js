// Evaluates the trees that feedback/questionnaire/expressions.py makes, exactly as it does.
// The server decides in the end; this only spares people questions that are not theirs.

const sums = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};
const comparisons = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** Whether a condition holds for answers by key; what is missing (null) does not. */
export function holds(tree, values) {
  return evaluate(tree, values) === true;
}

/** The value of a tree: a number, words, a truth, a list; null if it is missing. */
export function evaluate([operation, ...parts], values) {
  const known = (key) => values[key] ?? null;
  switch (operation) {
    case "value":
      return parts[0];
    case "item":
      return known(parts[0]);
    case "answered":
      return known(parts[0]) !== null;
    case "count":
      return Array.isArray(known(parts[0])) ? known(parts[0]).length : 0;
    case "and":
      return parts.every((part) => holds(part, values));
    case "or":
      return parts.some((part) => holds(part, values));
    case "not":
      return !holds(parts[0], values);
  }
  const found = parts.map((part) => evaluate(part, values));
  return combined(operation, found);
}

function combined(operation, [first, ...rest]) {
  const missing = first === null || rest.includes(null);
  if (operation in sums) {
    const result = missing ? null : sums[operation](first, rest[0]);
    return Number.isFinite(result) ? result : null;
  }
  if (missing) return false;
  if (operation === "in") return rest.includes(first);
  if (operation === "includes") return [first].flat().includes(rest[0]);
  return comparisons[operation](first, rest[0]);
}
