// What both pages share: what is heard, measured by frequency, and the list of what happened.

const events = [];
let context;
let analyser;

export function happened(what) {
  events.push(what);
}

/** Plays a remote stream and measures it. */
export function listen(stream) {
  // A remote track is only decoded while an element plays it.
  const element = new Audio();
  element.srcObject = stream;
  element.muted = true;
  element.play();
  context ??= new AudioContext();
  analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(stream).connect(analyser);
}

/** The strongest frequency now, with the share of the power that lies around it and the level in dB. */
export function heard() {
  if (!analyser) return { hertz: 0, share: 0, level: -200 };
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  let strongest = 1;
  let total = 0;
  const power = (bin) => (Number.isFinite(bins[bin]) ? 10 ** (bins[bin] / 10) : 0);
  for (let bin = 1; bin < bins.length; bin++) {
    total += power(bin);
    if (bins[bin] > bins[strongest]) strongest = bin;
  }
  let around = 0;
  for (let bin = Math.max(1, strongest - 4); bin <= strongest + 4; bin++) around += power(bin);
  return { hertz: (strongest * context.sampleRate) / analyser.fftSize, share: total > 0 ? around / total : 0, level: bins[strongest] };
}

/** From now on only these codecs (and telephone events) are offered, for calls that are to speak G.711. */
function codecs(names) {
  const wanted = RTCRtpReceiver.getCapabilities("audio").codecs.filter((codec) => [...names, "audio/telephone-event"].includes(codec.mimeType));
  const { createOffer } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createOffer = function (...options) {
    for (const transceiver of this.getTransceivers()) transceiver.setCodecPreferences(wanted);
    return createOffer.apply(this, options);
  };
}

/** Makes a phone's commands callable from outside; they give nothing back, the others do. */
export function expose({ media, description, ...commands }) {
  window.phone = { events, heard, media, description };
  for (const [name, command] of Object.entries({ ...commands, codecs }))
    window.phone[name] = async (...values) => {
      await command(...values);
    };
}

/** The codec that is being sent and the addresses of the pair in use. */
export async function media(peerConnection) {
  const stats = [...(await peerConnection.getStats()).values()];
  const outbound = stats.find((entry) => entry.type === "outbound-rtp" && entry.kind === "audio");
  const codec = stats.find((entry) => entry.id === outbound?.codecId);
  const transport = stats.find((entry) => entry.type === "transport");
  const pair = stats.find((entry) => entry.id === transport?.selectedCandidatePairId);
  const remote = stats.find((entry) => entry.id === pair?.remoteCandidateId);
  return { codec: codec?.mimeType, dtls: transport?.dtlsState, srtp: transport?.srtpCipher, protocol: remote?.protocol, address: remote?.address };
}
