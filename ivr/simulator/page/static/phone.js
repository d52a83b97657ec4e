// The resident's telephone: one call at a time, followed from ringing to its end. The carrier keeps the state of the
// call; this page speaks what it is told, measures the time-outs and passes on what the person does.
import { $, Refused, alertUser, ask, el, words } from "./dom.js";
import { Microphone } from "./microphone.js";
import { keyTone, speak, tone, voiceFor } from "./voice.js";

const LIVE = new Set(["speaking", "gathering", "recording", "dialing"]);

export class Phone {
  constructor(numberOf) {
    Object.assign(this, { numberOf, view: null, seen: 0, queue: Promise.resolve(), speech: new AbortController() });
    $("call").addEventListener("click", () => this.pickUp());
    $("hangup").addEventListener("click", () => this.hangUp());
    $("skip").addEventListener("click", () => this.speech.abort());
    $("finish").addEventListener("click", () => this.finishRecording("#"));
    $("mute-recording").addEventListener("click", () => this.act("silence", {}, words.silent));
    $("speech").addEventListener("submit", (event) => this.say(event));
    for (const key of document.querySelectorAll(".key")) key.addEventListener("click", () => this.press(key.dataset.key));
    for (const button of document.querySelectorAll("[data-officer]")) {
      button.addEventListener("click", () => this.act(button.dataset.officer, { keys: button.dataset.keys || "" }));
    }
    document.addEventListener("keydown", (event) => this.typed(event));
    setInterval(() => this.tick(), 200);
  }

  get live() { return this.view !== null && LIVE.has(this.view.state); }

  // What the person does

  async pickUp() {
    if (this.live) return;
    const ringing = this.view?.state === "ringing";
    if (!ringing) {
      if (!this.numberOf()) { $("own").focus(); return; }
      this.clear();
      $("state").textContent = words.calling;
      $("call").disabled = true;
      tone(425);
    }
    await this.run(() => ringing ? ask(`calls/${this.view.sid}/answer`, {}) : ask("calls", { from: this.numberOf() }));
    $("call").disabled = false;
    if (this.live) $("hangup").focus({ preventScroll: true });
    $("handset").scrollIntoView({ block: "nearest" });
  }

  async hangUp() {
    if (this.view?.state === "ringing") return this.act("decline", {});
    if (this.view?.state === "recording") return this.finishRecording("hangup");
    this.speech.abort();
    this.write(words.hungUp, "own");
    await this.run(() => ask(`calls/${this.view.sid}/hangup`, {}));
    $("call").focus({ preventScroll: true });
  }

  press(key) {
    const button = document.querySelector(`.key[data-key="${CSS.escape(key)}"]`);
    button.classList.add("down");
    setTimeout(() => button.classList.remove("down"), 150);
    keyTone(key);
    if (!this.live) return;
    if (this.view.state === "speaking") { $("hint").textContent = words.ignored; return; }
    if (this.view.state === "recording") {
      if (this.view.waiting.finish.includes(key)) this.finishRecording(key);
      return;
    }
    this.act("press", { keys: key }, `${words.pressed} ${key}`);
  }

  say(event) {
    event.preventDefault();
    const text = $("words").value.trim();
    if (!text) return;
    $("words").value = "";
    this.act("speak", { text }, `${words.said}: ${text}`);
  }

  typed(event) {
    if (!$("typing").checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea")) return;
    if (/^[0-9*#]$/.test(event.key)) this.press(event.key);
  }

  async finishRecording(key) {
    if (this.view?.state !== "recording") return;
    const microphone = this.microphone;
    this.microphone = null;
    const seconds = microphone ? 0 : Number(document.querySelector("[name=seconds]:checked").value);
    const length = microphone ? Math.round(microphone.samples / microphone.context.sampleRate) : seconds;
    microphone?.close();
    this.write(words.recorded.replace("{n}", length), "own");
    const path = `calls/${this.view.sid}/`;
    await this.run(() => microphone
      ? ask(`${path}recording?ended_by=${encodeURIComponent(key)}`, microphone.wav(), "audio/wav")
      : ask(path + "record", { seconds, ended_by: key }));
  }

  act(name, given, story) {
    const step = this.view.step;
    return this.run(() => {
      if (this.view.step !== step) return null; // the prompt it was meant for is over
      if (story) this.write(story, "own");
      return ask(`calls/${this.view.sid}/${name}`, given);
    });
  }

  // One act after the other; each brings a new view of the call.
  run(work) {
    this.queue = this.queue.then(async () => {
      try {
        const view = await work();
        if (view) this.show(view);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (error.message !== words.simulatorDown) $("hint").textContent = error.message;
        if (this.view) await this.refresh();
        else this.paint();
      }
    });
    return this.queue;
  }

  async refresh() {
    const { call } = await ask(`state?call=${this.view.sid}`).catch(() => ({ call: null }));
    if (call) this.show(call);
  }

  // What the carrier tells

  // A view that came with the poll: something happened that we did not do.
  notice(view) {
    const news = () => view && (!this.view || view.sid !== this.view.sid ? !this.live
      : view.turn > this.view.turn);
    if (news()) this.run(async () => (news() ? view : null));
  }

  resume(view) {
    this.seen = view.lines.length;
    view.lines.forEach((line) => this.writeLine(line));
    $("caption").replaceChildren($("caption").lastChild ?? "");
    this.show(view);
  }

  async show(view) {
    if (this.view && this.view.sid !== view.sid) this.clear();
    const begun = !this.view;
    this.view = view;
    this.started ??= Date.now();
    if (begun) sessionStorage.setItem("call", view.sid);
    const fresh = view.lines.slice(this.seen);
    this.seen = view.lines.length;
    this.deadline = null;
    $("hint").textContent = "";
    if (view.unreachable) alertUser(words.down);
    else if ($("alert").textContent === words.down) alertUser("");
    this.speech.abort();
    this.speech = new AbortController();
    const { signal } = this.speech;
    this.paint();
    $("skip").disabled = !fresh.length;
    if (fresh.length) $("caption").replaceChildren();
    $("caption").classList.add("saying");
    await speak(fresh, {
      signal,
      onLine: (line) => this.writeLine(line),
      soundOf: (line) => `/simulator/api/calls/${view.sid}/sounds/${view.lines.indexOf(line)}`,
    });
    if (this.speech.signal !== signal) return; // interrupted: what was not said was not heard
    fresh.forEach((line) => this.writeLine(line));
    this.spoken();
  }

  // The lines are said, or skipped: from here on the time-out runs.
  spoken() {
    const { state, waiting, bridged } = this.view;
    $("skip").disabled = true;
    $("caption").classList.remove("saying");
    if (state === "speaking") this.act("listen", {});
    else if (state === "gathering") this.wait(waiting.timeout, () => this.act("silence", {}, words.silent));
    else if (state === "dialing" && !bridged) this.wait(waiting.timeout, () => this.act("officer-no-answer", {}));
    else if (state === "recording") {
      $("caption").replaceChildren(el("p", {}, words.talkNow));
      this.startRecording();
    }
    this.paint();
  }

  wait(seconds, over) {
    Object.assign(this, { deadline: Date.now() + seconds * 1000, patience: seconds * 1000, over });
  }

  async startRecording() {
    if (!$("mic").checked || this.microphone) return;
    const { timeout, most } = this.view.waiting;
    try {
      this.microphone = await Microphone.open({
        silence: timeout, most, onLevel: (level) => { $("level").value = level; }, onEnd: (how) => this.finishRecording(how),
      });
      $("live-words").textContent = words.micOn;
    } catch {
      $("mic").checked = false;
      $("hint").textContent = words.micDenied;
    }
    this.paint();
  }

  // What is seen

  clear() {
    Object.assign(this, { view: null, seen: 0, started: null, deadline: null });
    $("log").replaceChildren();
    $("caption").replaceChildren();
    alertUser("");
  }

  paint() {
    const { state = "idle", waiting = {}, bridged = false, officer = [], errors = [] } = this.view || {};
    const name = bridged ? "bridged" : state === "gathering" && waiting.speech ? "gatheringSpeech" : state;
    $("state").textContent = words[name];
    const ringing = state === "ringing", inCall = this.live || ringing;
    $("handset").dataset.state = inCall ? state : "idle";
    $("call").hidden = this.live;
    $("call").disabled = false;
    $("call").querySelector("span").textContent = ringing ? words.answer : state === "ended" ? words.again : words.call;
    $("hangup").hidden = !inCall;
    $("hangup").querySelector("span").textContent = ringing ? words.decline : words.hangUp;
    $("skip").hidden = !this.live;
    $("caller").disabled = this.live;
    $("speech").hidden = !(state === "gathering" && waiting.speech);
    $("recorder").hidden = state !== "recording";
    $("stand-in").hidden = Boolean(this.microphone);
    $("live").hidden = !this.microphone;
    const rang = !$("officer").hidden;
    $("officer").hidden = state !== "dialing";
    if (!rang && state === "dialing") $("officer").scrollIntoView({ block: "nearest" });
    $("officer-state").textContent = bridged ? words.officerTalks : words.officerRings;
    $("officer-words").textContent = officer.join(" ") || (waiting.targets || []).join(", ");
    $("officer-rings").hidden = bridged;
    $("officer-talks").hidden = !bridged;
    $("log-empty").hidden = $("log").children.length > 0;
    $("troubles").hidden = !errors.length;
    $("troubles").querySelector("ul").replaceChildren(...errors.map((one) => el("li", {}, one)));
    if (state === "ended") { this.microphone?.close(); this.microphone = null; sessionStorage.removeItem("call"); }
    this.tick();
  }

  tick() {
    if (this.live && this.started) {
      const seconds = Math.floor((Date.now() - this.started) / 1000);
      $("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
    $("timer").hidden = !this.deadline;
    if (!this.deadline) return;
    $("timer").value = Math.max(0, (this.deadline - Date.now()) / this.patience);
    if (Date.now() >= this.deadline) { this.deadline = null; this.over(); }
  }

  writeLine(line) {
    if (line.written) return;
    line.written = true;
    if (line.kind === "pause") return;
    const text = { say: line.text, beep: `♪ ${words.beep}`, play: `♪ ${words.played}` }[line.kind];
    $("caption").append(el("p", { lang: line.language || false }, text));
    $("caption").scrollTop = $("caption").scrollHeight;
    this.write(text, line.kind === "say" ? "" : "aside", line.language);
    if (line.kind === "say" && $("sound").checked && !voiceFor(line.language)) $("hint").textContent = words.noVoice;
  }

  write(text, kind, tag) {
    const line = el("li", { class: `line ${kind}`, lang: tag || false }, text);
    $("log").append(line);
    $("log").scrollTop = $("log").scrollHeight;
    $("log-empty").hidden = true;
  }
}
