/** Shortest number that is compared by its end: shorter ones are extensions and codes, and compared whole. */
const subscriberDigits = 9

/** Brings a number to E.164 where that is possible; made from libphonenumber once it has been loaded. */
export type ToE164 = (number: string) => string | null

/** Something to compare numbers by: the same person in whatever way their number is written (N17). */
export function numberKey(number: string, toE164?: ToE164): string {
  const plain = number.replace(/[^\d*#+]/g, '').toLowerCase()
  if (plain === '') return number.trim().toLowerCase()
  if (/[*#]/.test(plain)) return plain
  const digits = plain.replace(/^\+/, '').replace(/^00/, '')
  if (digits.length < subscriberDigits) return plain.replace(/^\+/, '')
  const whole = toE164?.(plain)
  if (whole != null) return whole.replace('+', '').slice(-subscriberDigits)
  return digits.slice(-subscriberDigits)
}

/** What stands for the number of somebody who withheld theirs, and with some networks for their name. */
const withheld = 'anonymous'

export const isWithheld = (text: string): boolean => text.toLowerCase() === withheld

/** Whether there is a number to call: whoever withheld theirs has a word in its place. */
export const isCallable = (number: string): boolean => /^[+\d*#]+$/.test(dialable(number))

/** What may be dialled, out of whatever was pasted: "Tel. (030) 12-34" gives 03012 34 without its dressing. */
export function dialable(text: string): string {
  const trimmed = text.trim().replace(/^(tel|callto|sips?):/i, '')
  if (/[a-z]/i.test(trimmed) && /^[\w.+-]+(@[\w.-]+)?$/.test(trimmed)) return trimmed
  const kept = trimmed.replace(/\(0\)/g, '').replace(/[^\d*#+]/g, '')
  return kept.slice(0, 1) + kept.slice(1).replace(/\+/g, '')
}
