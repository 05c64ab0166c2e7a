interface CallText {
  readonly incoming: string
  readonly missed: string
  readonly unknown: string
}

const english: CallText = { incoming: 'Incoming call', missed: 'Missed call', unknown: 'Unknown number' }

/** The few words that are needed while no page is there to translate them. */
const texts: Readonly<Record<string, CallText>> = {
  en: english,
  de: { incoming: 'Eingehender Anruf', missed: 'Verpasster Anruf', unknown: 'Unbekannte Nummer' },
  fr: { incoming: 'Appel entrant', missed: 'Appel manqué', unknown: 'Numéro inconnu' },
  es: { incoming: 'Llamada entrante', missed: 'Llamada perdida', unknown: 'Número desconocido' },
  ar: { incoming: 'مكالمة واردة', missed: 'مكالمة فائتة', unknown: 'رقم غير معروف' },
}

export const callText = (language: string): CallText => texts[language.split('-')[0] ?? ''] ?? english
