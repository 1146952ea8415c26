const width = 100;
const height = 40;
/** Room for half the stroke at the top and at the bottom. */
const margin = 2;

/** Line and area of a small chart in a box of 100 x 40, from zero up. All zeros are a line on the ground. */
export function sparkPaths(values: readonly number[]): { line: string; area: string } {
  if (values.length === 0) return { line: '', area: '' };
  const top = Math.max(...values, 0) || 1;
  const points = values.map((value, index) => {
    const x = values.length === 1 ? width / 2 : (index / (values.length - 1)) * width;
    const y = height - margin - (Math.max(0, value) / top) * (height - 2 * margin);
    return `${x.toFixed(2)},${y.toFixed(2)}`;
  });
  const line = `M${points.join('L')}`;
  return { line, area: `${line}L${width},${height}L0,${height}Z` };
}
