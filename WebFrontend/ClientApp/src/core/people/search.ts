import { numberKey } from './numbers'

export interface Findable {
  readonly name: string
  readonly number: string
}

/** Letters that are no letter with a mark, and what people type for them. */
const plainLetters: Readonly<Record<string, string>> = { ı: 'i', ø: 'o', ł: 'l', đ: 'd', ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th' }

/** Accents and case do not matter: "Müller" is found by "muller", "Yılmaz" by "yilmaz". */
export const folded = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[ıøłđßæœþ]/g, (letter) => plainLetters[letter] ?? letter)

/** Those that match every word of the query, the best first; all of them, in their order, for an empty one. */
export function search<T extends Findable>(people: readonly T[], query: string): readonly T[] {
  const words = folded(query).split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return people
  return people
    .map((person) => ({ person, score: score(person, words, query) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ person }) => person)
}

function score(person: Findable, words: readonly string[], query: string): number {
  const digits = query.replace(/\D/g, '')
  if (digits.length >= 3 && numberKey(person.number) === numberKey(query)) return 100
  const name = folded(person.name)
  let total = 0
  for (const word of words) {
    const part = name.split(/[\s.,-]+/).some((piece) => piece.startsWith(word)) ? 4 : name.includes(word) ? 2 : 0
    const number = person.number.startsWith(word) ? 3 : person.number.includes(word) ? 1 : 0
    const best = Math.max(part, number)
    if (best === 0) return 0
    total += best
  }
  return total
}
