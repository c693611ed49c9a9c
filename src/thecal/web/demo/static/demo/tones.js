// The pump's tones, made here from the pump's own data, and only when somebody presses for one.
const tones = JSON.parse(document.getElementById("tones").textContent);
const GAIN = 0.15;
const RISE_S = 0.01;
let sound = null;

export function hear(kind) {
  if (!tones[kind]) return;
  sound?.close();
  sound = new AudioContext();
  const volume = new GainNode(sound, { gain: 0 });
  const voice = new OscillatorNode(sound, { type: "square" });
  voice.connect(volume).connect(sound.destination);
  let at = sound.currentTime;
  voice.start(at);
  volume.gain.setTargetAtTime(GAIN, at, RISE_S);
  for (const [hertz, milliseconds] of tones[kind]) {
    voice.frequency.setValueAtTime(hertz, at);
    at += milliseconds / 1000;
  }
  volume.gain.setTargetAtTime(0, at - 3 * RISE_S, RISE_S);
  voice.stop(at);
}

if ("AudioContext" in window) {
  for (const button of document.querySelectorAll("button[data-tone]")) {
    button.addEventListener("click", () => hear(button.dataset.tone));
    if (button.dataset.tone) button.hidden = false;
  }
}
