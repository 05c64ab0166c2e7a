import { getCountries, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min'
import type { ToE164 } from '../../core/people/numbers'

/** Numbering plans, by the country of the browser's languages where a number does not say. */
export function makeNumbering(languages: readonly string[]): { toE164: ToE164; pretty: (number: string) => string } {
  const countries = new Set<string>(getCountries())
  const region = languages.map((tag) => new Intl.Locale(tag).region).find((code) => code !== undefined && countries.has(code)) as CountryCode | undefined
  const parse = (number: string): ReturnType<typeof parsePhoneNumberFromString> => parsePhoneNumberFromString(number.replace(/^00/, '+'), region)
  return {
    toE164: (number) => {
      const parsed = parse(number)
      return parsed?.isPossible() === true ? parsed.number : null
    },
    pretty: (number) => {
      if (!/^[+\d][\d\s]{6,}$/.test(number)) return number
      const parsed = parse(number)
      if (parsed === undefined || !parsed.isValid()) return number
      return parsed.country === region ? parsed.formatNational() : parsed.formatInternational()
    },
  }
}
