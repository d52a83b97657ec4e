// The texts of the chosen telephone, newest last, and a box to send one to the hotline.
import { $, Refused, alertUser, ask, el, linked, when, words } from "./dom.js";

export class Texts {
  constructor(numberOf) {
    this.numberOf = numberOf;
    this.shown = "";
    $("send").addEventListener("submit", (event) => this.send(event));
  }

  async send(event) {
    event.preventDefault();
    const body = $("body").value.trim();
    if (!body || !this.numberOf()) return;
    $("body").value = "";
    try {
      const { error } = await ask("texts", { from: this.numberOf(), body });
      alertUser(error ? words.down : "");
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
    }
  }

  show(texts) {
    const hidden = !this.numberOf().startsWith("+");
    $("send").hidden = hidden;
    const key = JSON.stringify(texts) + hidden;
    if (key === this.shown) return;
    this.shown = key;
    $("texts-empty").hidden = texts.length > 0;
    $("texts-empty").dataset.usual ??= $("texts-empty").textContent;
    $("texts-empty").textContent = hidden ? words.noPhone : $("texts-empty").dataset.usual;
    $("texts").replaceChildren(...texts.map((one) => el("li", { class: one.incoming ? "line" : "line own" },
      ...linked(one.body), el("small", {}, one.incoming ? `${one.sender} · ${when(one.at)}` : `${words.sent} · ${when(one.at)}`))));
    $("texts").scrollTop = $("texts").scrollHeight;
  }
}
