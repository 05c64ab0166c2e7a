/** The outline of a recording for an SVG of so many units: the user's own side above the middle, the other below it. */
export function wavePath(left: readonly number[], right: readonly number[], width: number, height: number): string {
  const points = Math.max(left.length, 1)
  const middle = height / 2
  const x = (index: number): string => ((index / Math.max(points - 1, 1)) * width).toFixed(1)
  const reach = (level: number): number => Math.max(0.5, (Math.sqrt(level / 255) * height) / 2)
  const up = left.map((level, index) => `L${x(index)} ${(middle - reach(level)).toFixed(1)}`)
  const down = right.map((level, index) => `L${x(index)} ${(middle + reach(level)).toFixed(1)}`).reverse()
  return `M0 ${middle}${up.join('')}${down.join('')}Z`
}
