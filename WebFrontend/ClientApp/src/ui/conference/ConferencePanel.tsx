import { Lock, LockOpen, MicOff, Pause, PhoneOff, UserMinus, Mic } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Conference, ConferenceInvitee, ConferenceMember } from '../../hub/contracts.gen'
import { Avatar } from '../parts/Avatar'
import { Button, IconButton } from '../parts/Button'
import { useParties } from '../people/useParty'
import { usePhone, useServices } from '../services'
import styles from './Conference.module.css'

const most = 10

/** Who is in the conference, who speaks, and what may be done about it (CNF-03, P32). */
export function ConferencePanel({ conference }: { readonly conference: Conference }) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const me = usePhone((state) => state.me?.extension ?? '')
  const { members, invitees, host, locked, number } = conference
  // The host moderates; while they are out, everybody who is in.
  const moderates = host === me || !members.some((member) => member.who.extension === host)
  return (
    <section className={styles.panel} aria-label={t('conference.members', { count: members.length })}>
      <header className={styles.head}>
        <p>{t('conference.members', { count: members.length })}{members.length + invitees.length >= most && ` · ${t('conference.full')}`}</p>
        {moderates && (
          <Button look="quiet" icon={locked ? <Lock size={16} /> : <LockOpen size={16} />} aria-pressed={locked} onClick={() => phone.places.moderate(number, 'lock', null, !locked)}>
            {t(locked ? 'conference.unlock' : 'conference.lock')}
          </Button>
        )}
        {!moderates && locked && <span className={styles.locked}><Lock size={14} aria-hidden="true" />{t('conference.locked')}</span>}
      </header>
      <ul className={styles.members}>
        {members.map((member) => <Member key={member.leg} member={member} room={number} isMe={member.who.extension === me} isHost={member.who.extension === host} moderates={moderates} />)}
        {invitees.map((invitee) => <Invitee key={invitee.leg} invitee={invitee} room={number} isMine={invitee.by.extension === me} moderates={moderates} />)}
      </ul>
    </section>
  )
}

interface MemberProps {
  readonly member: ConferenceMember
  readonly room: string
  readonly isMe: boolean
  readonly isHost: boolean
  readonly moderates: boolean
}

function Member({ member, room, isMe, isHost, moderates }: MemberProps) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const { name, known } = useParties()(member.who)
  const state = member.holding ? 'holding' : member.muted ? 'muted' : member.speaking ? 'speaking' : null
  return (
    <li className={styles.member} data-speaking={member.speaking && !member.muted}>
      <Avatar name={name} size="s" known={known} />
      <span className={styles.who}>
        <bdi>{name}</bdi>
        <small>{[isMe ? t('conference.you') : null, isHost ? t('conference.host') : null, state === null ? null : t(`conference.${state}`)].filter((word) => word !== null).join(' · ')}</small>
      </span>
      {member.holding && <Pause size={16} aria-hidden="true" />}
      {(isMe || moderates) && (
        <IconButton label={t(member.muted ? 'conference.unmuteOf' : 'conference.muteOf', { name })} pressed={member.muted} onClick={() => phone.places.moderate(room, 'mute', member.leg, !member.muted)}>
          {member.muted ? <MicOff size={18} /> : <Mic size={18} />}
        </IconButton>
      )}
      {moderates && !isMe && <IconButton label={t('conference.remove', { name })} onClick={() => phone.places.moderate(room, 'remove', member.leg, true)}><UserMinus size={18} /></IconButton>}
    </li>
  )
}

interface InviteeProps {
  readonly invitee: ConferenceInvitee
  readonly room: string
  readonly isMine: boolean
  readonly moderates: boolean
}

/** Who is called in and has not answered: whoever asked for them, and who moderates, may take that back. */
function Invitee({ invitee, room, isMine, moderates }: InviteeProps) {
  const { t } = useTranslation()
  const { phone } = useServices()
  const party = useParties()
  const { name, known } = party(invitee.who)
  return (
    <li className={styles.member} data-ringing>
      <Avatar name={name} size="s" known={known} />
      <span className={styles.who}>
        <bdi>{name}</bdi>
        <small>{[t('conference.ringing'), isMine ? null : t('conference.askedBy', { name: party(invitee.by).name })].filter((word) => word !== null).join(' · ')}</small>
      </span>
      {(isMine || moderates) && <IconButton label={t('conference.stopCalling', { name })} onClick={() => phone.places.moderate(room, 'remove', invitee.leg, true)}><PhoneOff size={18} /></IconButton>}
    </li>
  )
}
