import type { HistoryItem } from '../../hub/contracts.gen'
import { numberKey, type ToE164 } from './numbers'

export const recentCount = 20

/** The last parties, newest first, each once (SID-03). */
export function recentParties(history: readonly HistoryItem[], toE164?: ToE164): readonly HistoryItem[] {
  const seen = new Set<string>()
  const recent: HistoryItem[] = []
  for (const item of history) {
    const key = numberKey(item.peer.number, toE164)
    if (item.peer.number === '' || seen.has(key)) continue
    seen.add(key)
    recent.push(item)
    if (recent.length === recentCount) break
  }
  return recent
}
