// The departments' mailbox: the mails, the one that is open, the ticket behind it, and what the department does with it.
import { $, Refused, ask, categories, departments, el, grouped, language, linked, moves, states, ways, when, words } from "./dom.js";

export class Mailbox {
  constructor(onRead) {
    Object.assign(this, { onRead, mails: [], shown: "", open: null, read: new Set(JSON.parse(sessionStorage.getItem("read") || "[]")) });
  }

  get unread() { return this.mails.filter((mail) => !this.read.has(mail.sid)).length; }

  show(mails) {
    this.mails = mails;
    const key = JSON.stringify(mails.map((mail) => mail.sid)) + this.read.size;
    if (key === this.shown) return;
    this.shown = key;
    $("mails-empty").hidden = mails.length > 0;
    $("mails").replaceChildren(...mails.map((mail) => el("li", {},
      el("button", { type: "button", class: this.read.has(mail.sid) ? "" : "new", onclick: () => this.openMail(mail) },
        el("strong", {}, mail.subject, this.read.has(mail.sid) ? "" : el("span", { class: "hidden" }, ` (${words.unread})`)),
        el("time", { datetime: mail.at }, when(mail.at)), el("span", {}, mail.to)))));
  }

  openMail(mail) {
    this.open = mail;
    this.read.add(mail.sid);
    sessionStorage.setItem("read", JSON.stringify([...this.read]));
    this.show(this.mails);
    this.onRead();
    $("mails").hidden = true;
    const ticket = el("section", { class: "ticket", "aria-live": "polite" });
    const pieces = [
      el("button", { type: "button", class: "button", onclick: () => this.closeMail() }, `‹ ${words.back}`),
      el("h3", {}, mail.subject),
      el("p", { class: "muted" }, `${mail.to} · ${when(mail.at)}`),
      el("div", { class: "letter", tabindex: "0", role: "region", "aria-label": mail.subject }, ...linked(mail.text)),
    ];
    if (mail.html) pieces.push(el("a", { href: `/simulator/mails/${mail.sid}`, target: "_blank", rel: "noopener" }, words.openHtml));
    if (mail.number) pieces.push(ticket);
    else pieces.push(el("p", { class: "empty" }, words.noTicket));
    $("mail").replaceChildren(...pieces);
    $("mail").hidden = false;
    $("mail").focus();
    if (mail.number) this.load(ticket, () => ask(`tickets/${mail.number}`), words.fetching);
  }

  closeMail() {
    this.open = null;
    $("mail").hidden = true;
    $("mails").hidden = false;
    $("mails").querySelector("button")?.focus();
  }

  // Ask for the ticket, or change it; what the command says when it refuses is shown as it is.
  async load(place, request, meanwhile, done = "") {
    const outcome = place.querySelector(".outcome") ?? place.appendChild(el("p", { class: "outcome" }));
    const buttons = place.querySelectorAll("button");
    outcome.className = "outcome";
    outcome.textContent = meanwhile;
    buttons.forEach((button) => { button.disabled = true; });
    try {
      place.replaceChildren(...this.ticket(await request(), place));
      place.querySelector(".outcome").textContent = done;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      outcome.className = "outcome error";
      outcome.textContent = error.message;
      buttons.forEach((button) => { button.disabled = false; });
    }
  }

  ticket(ticket, place) {
    const fact = (name, ...values) => values[0] ? [el("dt", {}, name), el("dd", {}, ...values)] : [];
    const deliveries = ticket.deliveries.map((one) => el("div", {},
      [ways[one.kind] || one.kind, departments[one.destination] || ways[one.destination]].filter(Boolean).join(", ")
      + `: ${ways[one.state] || one.state}`));
    return [
      el("header", {}, el("b", {}, grouped(ticket.number)), el("span", { class: `chip ${ticket.status}` }, states[ticket.status] || ticket.status),
        el("button", { type: "button", class: "button", onclick: () => this.load(place, () => ask(`tickets/${ticket.number}`), words.fetching) }, words.refresh)),
      el("dl", { class: "facts" },
        ...fact(words.category, categories[ticket.category] || ticket.category),
        ...fact(words.department, departments[ticket.department] || ticket.department),
        ...fact(words.area, areaOf(ticket.area)), ...fact(words.priority, ticket.priority),
        ...fact(words.due, ticket.due_at && when(ticket.due_at)), ...fact(words.reporter, ticket.reporter),
        ...fact(words.deliveries, ...deliveries),
        ...fact(words.notes, (ticket.notes || []).map((note) => note.text).join(" · "))),
      this.actions(ticket, place),
      el("h4", {}, words.history),
      el("ol", { class: "history" }, ...ticket.history.map((event) => el("li", {}, stepOf(event),
        el("small", {}, `${when(event.at)} · ${words.by} ${event.by}`), el("small", {}, whyOf(event.why))))),
    ];
  }

  actions(ticket, place) {
    const note = el("input", { id: "ticket-note", maxlength: "500", autocomplete: "off" });
    const to = el("select", { id: "ticket-to" }, el("option", { value: "" }, words.choose),
      ...Object.entries(departments).map(([key, name]) => el("option", { value: key }, name)));
    const other = el("select", { id: "ticket-state" }, ...["waiting", "scheduled", "referred", "withdrawn"].map(
      (state) => el("option", { value: state }, states[state])));
    const day = el("input", { id: "ticket-day", type: "date" });
    const outside = el("input", { id: "ticket-outside", maxlength: "200", autocomplete: "off" });
    const move = (state) => {
      const given = { state, note: note.value };
      if (state === "refused") given.to = to.value;
      if (state === "referred") given.to = outside.value;
      if (state === "scheduled") given.on = day.value;
      this.load(place, () => ask(`tickets/${ticket.number}`, given), words.moving, words.done);
    };
    const field = (name, input) => el("div", {}, el("label", { for: input.id }, name), input);
    const button = (state, strong) => el("button", { type: "button", class: `button ${strong ? "strong" : ""}`,
      "data-move": state, onclick: () => move(state) }, moves[state]);
    const form = el("form", {}, el("h4", {}, words.act), field(words.note, note),
      el("div", { class: "acts" }, button("accepted"), button("in_progress"), button("resolved", true),
        button("reopened"), button("confirmed")),
      el("div", { class: "passing" }, field(words.next, to), button("refused")),
      el("p", { class: "outcome", role: "status" }),
      el("details", {}, el("summary", {}, words.other), el("div", { class: "stack" }, field(words.other, other),
        field(words.day, day), field(words.outside, outside),
        el("button", { type: "button", class: "button", onclick: () => move(other.value) }, words.do))));
    form.addEventListener("submit", (event) => event.preventDefault());
    return form;
  }
}

const areaOf = (area) => !area ? words.unknownArea : typeof area === "string" ? area : area[language] || Object.values(area).join(", ");
const stepOf = (event) => states[event.to] && event.to !== event.from ? states[event.to] : event.action || states[event.to] || "";
const whyOf = (why) => typeof why === "string" ? why
  : Object.entries(why || {}).map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(" · ");
