// The texts of the chosen telephone, newest last, and a box to send one to the hotline: by SMS or WhatsApp, with a photo
// or a place.
import { $, Refused, alertUser, ask, el, linked, when, words } from "./dom.js";

export class Texts {
  constructor(numberOf) {
    this.numberOf = numberOf;
    this.shown = "";
    $("send").addEventListener("submit", (event) => this.write(event));
    $("share").addEventListener("click", () => this.send({ place: [$("latitude").value, $("longitude").value] }));
  }

  async write(event) {
    event.preventDefault();
    const body = $("body").value.trim(), [file] = $("photo").files;
    if (!body && !file) return;
    const photo = file ? await base64(file) : "";
    $("body").value = $("photo").value = "";
    await this.send({ body, photo });
  }

  async send(given) {
    if (!this.numberOf()) return;
    try {
      const { error } = await ask("texts", { from: this.numberOf(), whatsapp: $("whatsapp").checked, ...given });
      alertUser(error ? words.down : "");
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      alertUser(fault.message);
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
      ...linked(one.body), ...one.photos.map((src) => el("img", { src, alt: words.photo, onload: toEnd })),
      one.place ? el("span", {}, `${words.place}: ${one.place}`) : null,
      el("small", {}, [one.incoming ? one.sender : words.sent, one.whatsapp ? "WhatsApp" : null, when(one.at)].filter(Boolean).join(" · ")))));
    toEnd();
  }
}

const toEnd = () => { $("texts").scrollTop = $("texts").scrollHeight; };

function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(file);
  });
}
