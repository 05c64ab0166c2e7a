/** Minutes and seconds, with hours when there are any: 0:07, 12:34, 1:02:03. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const pad = (value: number): string => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes}:${pad(seconds % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`
}

export const clockTime = (time: number, language: string): string => new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }).format(time)

/** How many days ago, by the calendar. */
export function daysAgo(time: number, now: number): number {
  const midnight = (value: number): number => new Date(value).setHours(0, 0, 0, 0)
  return Math.round((midnight(now) - midnight(time)) / 86_400_000)
}

export const longDate = (time: number, language: string): string => new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' }).format(time)
