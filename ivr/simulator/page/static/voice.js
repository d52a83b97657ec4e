// Says lines one after the other: with the browser's voice when there is one for the language, else for as long as
// saying them would take. Also the tones of a telephone.
import { $ } from "./dom.js";

const LONGEST_READING = 9; // seconds a written line is shown before the next
let context;

export function tone(...hertz) {
  if (!$("sound").checked) return;
  context ??= new AudioContext();
  for (const pitch of hertz) {
    const source = new OscillatorNode(context, { frequency: pitch });
    source.connect(new GainNode(context, { gain: 0.06 })).connect(context.destination);
    source.start();
    source.stop(context.currentTime + (hertz.length > 1 ? 0.14 : 0.5));
  }
}

const ROWS = [697, 770, 852, 941], COLUMNS = [1209, 1336, 1477], KEYS = "123456789*0#";
export const keyTone = (key) => tone(ROWS[Math.floor(KEYS.indexOf(key) / 3)], COLUMNS[KEYS.indexOf(key) % 3]);

export function voiceFor(tag) {
  const voices = "speechSynthesis" in window ? speechSynthesis.getVoices() : [];
  const same = (voice) => voice.lang.replace("_", "-").toLowerCase();
  // Some systems still call Indonesian "in".
  const base = tag.split("-")[0].toLowerCase(), names = base === "id" ? ["id", "in"] : [base];
  return voices.find((voice) => same(voice) === tag.toLowerCase()) ||
    voices.find((voice) => names.includes(same(voice).split("-")[0]));
}

// Resolves when all is said or `signal` is aborted.
export async function speak(lines, { signal, onLine, soundOf }) {
  for (const line of lines) {
    if (signal.aborted) return;
    onLine(line);
    if (line.kind === "say") await say(line, signal);
    else if (line.kind === "play") await play(soundOf(line), line, signal);
    else {
      if (line.kind === "beep") tone(1000);
      await pause(line.seconds, signal);
    }
  }
}

async function say(line, signal) {
  const voice = voiceFor(line.language);
  if (!voice || !$("sound").checked) return pause(Math.min(line.seconds, LONGEST_READING), signal);
  for (const part of line.parts) {
    if (signal.aborted) return;
    const utterance = new SpeechSynthesisUtterance(part);
    Object.assign(utterance, { voice, lang: line.language, rate: line.rate });
    await ended(signal, 4 + line.seconds * 3, (done) => {
      utterance.onend = utterance.onerror = done;
      speechSynthesis.speak(utterance);
    }, () => speechSynthesis.cancel());
    await pause(0.4, signal);
  }
}

async function play(url, line, signal) {
  if (!$("sound").checked) return pause(line.seconds, signal);
  const audio = new Audio(url);
  await ended(signal, 150, (done) => {
    audio.onended = audio.onerror = done;
    audio.play().catch(done);
  }, () => audio.pause());
}

export const pause = (seconds, signal) => ended(signal, seconds, () => {}, () => {});

// Ends when `start`'s callback is called, after so many seconds, or when aborted.
function ended(signal, seconds, start, stop) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      resolve();
    };
    const aborted = () => { stop(); done(); };
    const timer = setTimeout(() => { stop(); done(); }, seconds * 1000);
    signal.addEventListener("abort", aborted);
    start(done);
  });
}
