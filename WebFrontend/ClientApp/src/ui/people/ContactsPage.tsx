import { Phone, Search, SearchX, Users } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '../parts/Avatar'
import { Button, IconButton } from '../parts/Button'
import { Empty } from '../parts/Empty'
import { Field } from '../parts/Field'
import { usePhone, useServices } from '../services'
import { useDial } from '../useDial'
import styles from './People.module.css'
import type { Person } from './people'
import { useDirectory } from './useDirectory'

export default function ContactsPage() {
  const { t } = useTranslation()
  const { people: source } = useServices()
  const tenant = usePhone((state) => state.tenant)
  const [query, setQuery] = useState('')
  const { people, kind } = useDirectory(useDeferredValue(query))
  return (
    <section className={styles.page} aria-labelledby="contacts-title">
      <header className={styles.pageHead}>
        <div>
          <h1 id="contacts-title">{t('contacts.title')}</h1>
          <p className={styles.lead}>{tenant === null ? '' : t('contacts.lead', { tenant: tenant.name })} · {t('contacts.count', { count: people.length })}</p>
        </div>
        <Field label={t('contacts.search')} hideLabel type="search" placeholder={t('contacts.search')} value={query} onChange={(event) => setQuery(event.target.value)} before={<Search size={18} />} className={styles.find ?? ''} />
      </header>
      <div className={styles.sheet}>
        {people.length > 0 && (
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('contacts.name')}</th>
                <th scope="col">{t('contacts.number')}</th>
                <th scope="col" className={styles.wideOnly}>{t('contacts.state')}</th>
                <th scope="col" className={styles.end}><span className="visually-hidden">{t('dialer.call')}</span></th>
              </tr>
            </thead>
            <tbody>{people.map((person) => <Row key={person.number} person={person} />)}</tbody>
          </table>
        )}
        {people.length === 0 && kind === 'ready' && (query === '' ? <Empty icon={<Users size={26} />} title={t('contacts.empty')} /> : <Empty icon={<SearchX size={26} />} title={t('panel.none')} text={t('panel.noneHint')} />)}
        {kind === 'failed' && <Empty icon={<Users size={26} />} title={t('contacts.failed')}><Button onClick={() => void source.loadDirectory()}>{t('app.retry')}</Button></Empty>}
      </div>
    </section>
  )
}

function Row({ person }: { readonly person: Person }) {
  const { t } = useTranslation()
  const presence = usePhone((state) => state.presence.get(person.number))
  const { dial, obstacle } = useDial()
  const state = presence === undefined ? null : presence.doNotDisturb && presence.state !== 'offline' ? 'doNotDisturb' : presence.state
  return (
    <tr onDoubleClick={() => void dial(person.number)}>
      <td><span className={styles.who}><Avatar name={person.name} presence={presence} /><bdi>{person.name}</bdi></span></td>
      <td><bdi className="number">{person.number}</bdi></td>
      <td className={`${styles.soft} ${styles.wideOnly}`}>{state === null ? '' : t(`presence.${state}`)}</td>
      <td className={styles.end}>
        <IconButton label={t('contacts.call', { name: person.name })} className={styles.callButton ?? ''} disabled={obstacle !== null} onClick={() => void dial(person.number)}><Phone size={18} /></IconButton>
      </td>
    </tr>
  )
}
