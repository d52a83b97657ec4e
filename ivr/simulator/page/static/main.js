// Puts the page together: who calls, which part is seen on a small screen, and the news every second and a half.
import { $, Refused, ask, words } from "./dom.js";
import { Mailbox } from "./mailbox.js";
import { Phone } from "./phone.js";
import { Texts } from "./texts.js";

const POLL = 1500;
const numberOf = () => ($("caller").value || $("own").value).replace(/[\s-]/g, "");
const phone = new Phone(numberOf), texts = new Texts(numberOf), mailbox = new Mailbox(() => counts());
let seenTexts = 0;

for (const id of ["caller", "own", "sound", "mic", "typing"]) {
  const box = $(id), kept = sessionStorage.getItem(id);
  if (kept !== null) box.type === "checkbox" ? (box.checked = kept === "true") : (box.value = kept);
  box.addEventListener("change", () => {
    sessionStorage.setItem(id, box.type === "checkbox" ? box.checked : box.value);
    if (id === "caller") whoCalls();
  });
}

function whoCalls() {
  $("own-field").hidden = $("caller").value !== "";
  seenTexts = 0;
  news();
}

function showPane(name) {
  document.body.dataset.pane = name;
  for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", button.dataset.show === name);
  scrollTo({ top: 0 });
  counts();
}
for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => showPane(button.dataset.show));

function counts(incoming = counts.incoming ?? 0) {
  counts.incoming = incoming;
  if (document.body.dataset.pane === "texts") seenTexts = incoming;
  for (const [id, count] of [["texts-count", incoming - seenTexts], ["mails-count", mailbox.unread]]) {
    $(id).hidden = count <= 0;
    $(id).textContent = count;
  }
}

async function news() {
  try {
    const asked = new URLSearchParams({ number: numberOf(), call: phone.view?.sid ?? sessionStorage.getItem("call") ?? "" });
    const told = await ask(`state?${asked}`);
    if (!phone.view && told.call && told.call.state !== "ended") phone.resume(told.call);
    else phone.notice(told.ringing && !phone.live ? told.ringing : phone.view && told.call);
    texts.show(told.texts);
    mailbox.show(told.mails);
    counts(told.texts.filter((one) => one.incoming).length);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

const faultsSeen = async (set) => {
  const faults = await ask("faults", set);
  const on = faults.webhook_copies > 1 || faults.rest_fail || faults.callbacks !== "in order" || faults.media_missing || faults.drop_record_action;
  $("faults-state").textContent = on ? words.faultsOn : words.faultsOff;
};
for (const button of document.querySelectorAll("[data-faults]")) {
  button.addEventListener("click", () => faultsSeen(JSON.parse(button.dataset.faults)));
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) news(); });
setInterval(() => { if (!document.hidden) news(); }, POLL);
whoCalls();
faultsSeen();
