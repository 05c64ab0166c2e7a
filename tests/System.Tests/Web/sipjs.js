import { Inviter, Registerer, RegistererState, SessionState, UserAgent, Web } from "sip.js";
import { expose, happened, listen, media } from "./audio.js";

let agent;
let registerer;
let session;
let domain;

function follow(started) {
  session = started;
  session.delegate = { onBye: () => happened("ended:remote") };
  session.stateChange.addListener((state) => {
    if (state === SessionState.Established) {
      happened("confirmed");
      const { peerConnection } = session.sessionDescriptionHandler;
      listen(new MediaStream(peerConnection.getReceivers().map((receiver) => receiver.track)));
    }
    if (state === SessionState.Terminated) happened("ended");
  });
}

function direction(hold) {
  const done = hold ? "hold:local" : "unhold:local";
  const sessionDescriptionHandlerOptions = { ...session.sessionDescriptionHandlerOptionsReInvite, hold };
  session.sessionDescriptionHandlerOptionsReInvite = sessionDescriptionHandlerOptions;
  return session.invite({ sessionDescriptionHandlerOptions, requestDelegate: { onAccept: () => happened(done), onReject: () => happened("refused") } });
}

expose({
  async register(url, user, secret, ofDomain) {
    domain = ofDomain;
    agent = new UserAgent({
      uri: UserAgent.makeURI(`sip:${user}@${domain}`),
      authorizationUsername: user,
      authorizationPassword: secret,
      transportOptions: { server: url },
      logLevel: "error",
      sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] }, iceGatheringTimeout: 500 },
      delegate: {
        onInvite(invitation) {
          follow(invitation);
          happened("incoming");
        },
      },
    });
    await agent.start();
    registerer = new Registerer(agent);
    registerer.stateChange.addListener((state) => {
      if (state === RegistererState.Registered) happened("registered");
    });
    await registerer.register();
  },
  call(target) {
    const invites = new Inviter(agent, UserAgent.makeURI(`sip:${target}@${domain}`), {
      sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } },
    });
    follow(invites);
    return invites.invite({ requestDelegate: { onProgress: () => happened("progress"), onReject: () => happened("failed") } });
  },
  answer: () => session.accept({ sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } }),
  hold: () => direction(true),
  resume: () => direction(false),
  digit: (digit) => session.sessionDescriptionHandler.sendDtmf(digit),
  hangUp: () => (session.state === SessionState.Established ? session.bye() : session.cancel()),
  unregister: () => registerer.unregister().then(() => agent.stop()),
  media: () => media(session.sessionDescriptionHandler.peerConnection),
  description: () => session.sessionDescriptionHandler.peerConnection.remoteDescription.sdp,
});
