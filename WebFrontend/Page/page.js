const REFRESH_MS = 1000;
const PATIENCE_MS = 5000;

const PRESENCE = { Offline: 'not registered', Idle: 'free', DoNotDisturb: 'do not disturb', Held: 'held', OnCall: 'on a call', Ringing: 'ringing' };
const LEG = { Calling: 'calling', Ringing: 'ringing', Connected: 'connected', Holding: 'holds the other side', Ended: 'ended' };
const PHASE = { Routing: 'Finding the way', Ringing: 'Ringing', Connected: 'Connected', Ended: 'Ended' };
const END = {
  None: 'on now', Completed: 'completed', Cancelled: 'cancelled', AnsweredElsewhere: 'answered elsewhere', NoAnswer: 'no answer', Busy: 'busy', Declined: 'declined',
  DoNotDisturb: 'do not disturb', Unreachable: 'unreachable', NotFound: 'no such number', Forbidden: 'not allowed', NoCommonMedia: 'no common codec',
  Overloaded: 'overloaded', MediaTimeout: 'no media', SessionExpired: 'phone lost', EdgeLost: 'connection lost', ServerStopped: 'server stopped',
  Interrupted: 'interrupted', Failed: 'failed',
};

const find = (id) => document.getElementById(id);

/** Makes an element; text is always text, never markup: names and numbers come from phones. */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null));
  return element;
}

const length = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

const since = (start, now) => length((new Date(now) - new Date(start)) / 1000);

const person = (number, name) => (name && name !== number ? `${name} (${number})` : number);

function userCard(user) {
  const devices = user.devices.map((device) => make('p', '', `${device.userAgent || 'Phone'} · ${device.contact}`));
  return make('li', 'card',
    make('h3', '', make('span', `lamp ${user.presence}`), make('span', 'name', `${user.extension} ${user.name}`), make('span', `state ${user.presence}`, PRESENCE[user.presence] ?? user.presence)),
    ...devices,
    user.doNotDisturb && user.presence !== 'DoNotDisturb' ? make('p', '', 'Do not disturb is on') : null);
}

function callCard(call, now) {
  const time = since(call.answeredAt ?? call.startedAt, now);
  const legs = call.legs.map((leg) => make('li', '',
    make('span', 'name', `${leg.isCaller ? 'from' : 'to'} ${person(leg.number, leg.name)}`),
    make('span', `state ${leg.phase}`, LEG[leg.phase] ?? leg.phase)));
  return make('li', 'card',
    make('h3', '', make('span', `lamp ${call.phase}`), make('span', 'name', PHASE[call.phase] ?? call.phase), make('span', 'number', time)),
    make('p', '', `dialled ${call.dialled}`),
    make('ul', '', ...legs));
}

function historyRow(entry) {
  return make('tr', '',
    make('td', '', new Date(entry.startedAt).toLocaleString()),
    make('td', '', entry.extension),
    make('td', '', entry.direction === 'Inbound' ? '← from' : '→ to'),
    make('td', '', person(entry.peerNumber, entry.peerName)),
    make('td', '', END[entry.end] ?? entry.end),
    make('td', 'number', entry.answeredAt ? length(entry.durationSeconds) : '–'));
}

function show(status) {
  const reachable = status.users.filter((user) => user.devices.length > 0).length;
  find('lamp').className = 'lamp ok';
  find('summary').textContent = `${status.tenants.join(', ')} · ${reachable} of ${status.users.length} registered · ${status.calls.length} calls`;
  find('calls').replaceChildren(...status.calls.map((call) => callCard(call, status.time)));
  find('users').replaceChildren(...status.users.map(userCard));
  find('history').replaceChildren(...status.history.map(historyRow));
  find('no-calls').hidden = status.calls.length > 0;
  find('no-history').hidden = status.history.length > 0;
  find('history-table').hidden = status.history.length === 0;
  find('cut').hidden = !status.cut;
}

async function refresh() {
  try {
    const response = await fetch('/status.json', { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    show(await response.json());
  } catch (error) {
    find('lamp').className = 'lamp lost';
    find('summary').textContent = `No answer from the server: ${error.message}`;
  }
  setTimeout(refresh, REFRESH_MS);
}

refresh();
