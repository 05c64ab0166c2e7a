import JsSIP from "jssip";
import { expose, happened, listen, media } from "./audio.js";

let agent;
let session;

const options = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };

function follow(started) {
  session = started;
  const watch = (connection) => {
    connection.addEventListener("track", (event) => listen(event.streams[0] ?? new MediaStream([event.track])));
  };
  if (session.connection) watch(session.connection);
  else session.on("peerconnection", (event) => watch(event.peerconnection));
  // One offer is complete at once: there is nothing to wait for but host candidates.
  session.on("icecandidate", (event) => event.ready());
  for (const name of ["progress", "accepted", "confirmed", "hold", "unhold", "ended", "failed"])
    session.on(name, (event) => happened(event?.originator && ["hold", "unhold", "ended"].includes(name) ? `${name}:${event.originator}` : name));
}

expose({
  register(url, user, secret, domain) {
    agent = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(url)], uri: `sip:${user}@${domain}`, password: secret, session_timers: false });
    agent.on("registered", () => happened("registered"));
    agent.on("registrationFailed", (event) => happened(`registrationFailed:${event.cause}`));
    agent.on("newRTCSession", (event) => {
      follow(event.session);
      if (event.originator === "remote") happened("incoming");
    });
    agent.start();
  },
  call(target) {
    agent.call(target, options);
  },
  answer: () => session.answer(options),
  hold: () => session.hold(),
  resume: () => session.unhold(),
  digit: (digit) => session.sendDTMF(digit, { transportType: "RFC2833" }),
  hangUp: () => session.terminate(),
  unregister: () => agent.stop(),
  media: () => media(session.connection),
  description: () => session.connection.remoteDescription.sdp,
});
