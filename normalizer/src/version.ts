// Versions of IBKR's document, such as 2.28.0. What is no version counts as older than any.

export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
