interface CallText {
  readonly incoming: string
  readonly missed: string
  readonly unknown: string
  /** Who withheld their number. */
  readonly anonymous: string
}

const english: CallText = { incoming: 'Incoming call', missed: 'Missed call', unknown: 'Unknown number', anonymous: 'Anonymous' }

/** The few words that are needed while no page is there to translate them. */
const texts: Readonly<Record<string, CallText>> = {
  en: english,
  de: { incoming: 'Eingehender Anruf', missed: 'Verpasster Anruf', unknown: 'Unbekannte Nummer', anonymous: 'Anonym' },
  fr: { incoming: 'Appel entrant', missed: 'Appel manqué', unknown: 'Numéro inconnu', anonymous: 'Anonyme' },
  es: { incoming: 'Llamada entrante', missed: 'Llamada perdida', unknown: 'Número desconocido', anonymous: 'Anónimo' },
  ar: { incoming: 'مكالمة واردة', missed: 'مكالمة فائتة', unknown: 'رقم غير معروف', anonymous: 'مجهول' },
}

export const callText = (language: string): CallText => texts[language.split('-')[0] ?? ''] ?? english

/** As the app has it, whose code a service worker cannot import: it is one file. */
const isWithheld = (text: string): boolean => text.toLowerCase() === 'anonymous'

/** Who calls, in a few words. */
export function callerOf(caller: { readonly name?: string; readonly number?: string } | undefined, text: CallText): string {
  const { name = '', number = '' } = caller ?? {}
  if (name !== '' && !isWithheld(name)) return name
  return isWithheld(number) ? text.anonymous : number || text.unknown
}
