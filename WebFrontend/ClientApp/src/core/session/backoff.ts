/** First retry at once, then slower; the last step repeats for as long as it takes. */
const stepsMs = [0, 500, 1_000, 2_000, 4_000, 8_000, 15_000] as const

/** Everyone comes back at another moment, so that a server that returns is not met by all at once. */
const spread = 0.4

/** How long to wait before attempt `attempt` (0 is the first); `random` in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  const base = stepsMs[Math.min(attempt, stepsMs.length - 1)] ?? 15_000
  return Math.round(base * (1 - spread / 2 + spread * random))
}
