import { ArrowLeft, Check, Globe, HelpCircle, Lock, Mic, Network, PhoneCall, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { audio } from '../../adapters/microphone'
import { useStore } from '../services'
import { LanguagePicker } from './LanguagePicker'
import styles from './SignIn.module.css'

export function RequirementsPage() {
  const { t } = useTranslation()
  const { permission, inputs } = useStore(audio)
  const microphone = permission === 'denied' ? false : permission === 'granted' || inputs.length > 0 ? true : null
  const back = <ArrowLeft size={16} aria-hidden="true" className={styles.arrow} />
  return (
    <main className={styles.page}>
      <section className={`${styles.card} ${styles.wideCard}`} aria-labelledby="requirements-title">
        <h1 id="requirements-title">{t('requirements.title')}</h1>
        <p className={styles.lead}>{t('requirements.lead')}</p>
        <ul className={styles.needs}>
          <Need icon={<Globe size={20} />} title={t('requirements.browser')} text={t('requirements.browserText')} met={'locks' in navigator && 'structuredClone' in globalThis} />
          <Need icon={<Lock size={20} />} title={t('requirements.secure')} text={t('requirements.secureText')} met={window.isSecureContext} />
          <Need icon={<Mic size={20} />} title={t('requirements.microphone')} text={t('requirements.microphoneText')} met={microphone} />
          <Need icon={<PhoneCall size={20} />} title={t('requirements.webrtc')} text={t('requirements.webrtcText')} met={'RTCPeerConnection' in globalThis} />
          <Need icon={<Network size={20} />} title={t('requirements.ports')} text={t('requirements.portsText')} />
        </ul>
        <Link href="/webphone" className={styles.back}>{back}{t('requirements.back')}</Link>
      </section>
      <footer className={styles.footer}><LanguagePicker /></footer>
    </main>
  )
}

interface NeedProps {
  readonly icon: ReactNode
  readonly title: string
  readonly text: string
  /** Null is not known yet; nothing is not for the browser to say. */
  readonly met?: boolean | null
}

function Need({ icon, title, text, met }: NeedProps) {
  const { t } = useTranslation()
  return (
    <li className={styles.need}>
      <span className={styles.needIcon} aria-hidden="true">{icon}</span>
      <div>
        <p className={styles.needTitle}>{title}</p>
        <p className={styles.needText}>{text}</p>
      </div>
      {met !== undefined && (
        <span className={met === true ? styles.met : met === false ? styles.unmet : styles.unsure}>
          {met === true ? <Check size={18} aria-hidden="true" /> : met === false ? <X size={18} aria-hidden="true" /> : <HelpCircle size={18} aria-hidden="true" />}
          <span className="visually-hidden">{t(met === true ? 'requirements.ok' : met === false ? 'requirements.missing' : 'requirements.unknown')}</span>
        </span>
      )}
    </li>
  )
}
