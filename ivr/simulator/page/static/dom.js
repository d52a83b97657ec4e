// Small tools: elements, words of the page, JSON over HTTP, links in plain text.
export const $ = (id) => document.getElementById(id);
const data = (name) => JSON.parse(document.body.dataset[name]);
export const words = data("words");
export const states = data("states");
export const moves = data("moves");
export const ways = data("ways");
export const departments = data("departments");
export const categories = data("categories");
export const language = document.documentElement.lang;

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export class Refused extends Error {}

export async function ask(path, given, type = "application/json") {
  const options = given === undefined ? {} : {
    method: "POST", headers: { "Content-Type": type }, body: type === "application/json" ? JSON.stringify(given) : given,
  };
  let answer;
  try {
    answer = await fetch("/simulator/api/" + path, options);
  } catch {
    alertUser(words.simulatorDown);
    throw new Refused(words.simulatorDown);
  }
  const told = await answer.json().catch(() => ({ error: `HTTP ${answer.status}` }));
  if (!answer.ok) throw new Refused(told.error || `HTTP ${answer.status}`);
  if ($("alert").textContent === words.simulatorDown) alertUser("");
  return told;
}

export function alertUser(text) {
  $("alert").textContent = text;
  $("alert").hidden = !text;
}

// The text with its http addresses as links, never as markup.
export function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((piece, at) =>
    at % 2 ? el("a", { href: piece, target: "_blank", rel: "noopener noreferrer" }, piece) : piece);
}

const timeZone = "Asia/Jakarta"; // the city's clock, wherever the browser is

export function when(iso) {
  const moment = new Date(iso);
  const day = (one) => one.toLocaleDateString(language, { timeZone });
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  return day(moment) === day(new Date()) ? moment.toLocaleTimeString(language, clock)
    : moment.toLocaleString(language, { day: "numeric", month: "short", ...clock });
}

export const grouped = (number) => number.replace(/(\d{3})(\d{3})(\d{3})/, "$1-$2-$3");
