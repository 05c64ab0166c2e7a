interface CallText {
  readonly incoming: string
  readonly unknown: string
}

const english: CallText = { incoming: 'Incoming call', unknown: 'Unknown number' }

/** The few words that are needed while no page is there to translate them. */
const texts: Readonly<Record<string, CallText>> = {
  en: english,
  de: { incoming: 'Eingehender Anruf', unknown: 'Unbekannte Nummer' },
  fr: { incoming: 'Appel entrant', unknown: 'Numéro inconnu' },
  es: { incoming: 'Llamada entrante', unknown: 'Número desconocido' },
  ar: { incoming: 'مكالمة واردة', unknown: 'رقم غير معروف' },
}

export const callText = (language: string): CallText => texts[language.split('-')[0] ?? ''] ?? english
