// Work a list with the keyboard: j and k move, Enter opens, a accepts, r replies, x ticks, / searches, ? tells. On the page
// of a case r goes to the reply, Ctrl+Enter sends it, Esc goes back. Single keys can be switched off in 我的.

export function listenToKeys() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("htmx:afterSwap", ({ target }) => moveOn(target));
}

function pressed(event) {
  const field = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Enter" && event.ctrlKey && field) return send(field.form, event);
  if (field || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === "Escape") return follow("[data-key=back]", event);
  if (document.body.dataset.keys === "off") return undefined;
  const act = KEYS[event.key];
  return act?.(event);
}

const KEYS = {
  j: (event) => move(1, event),
  k: (event) => move(-1, event),
  a: (event) => press("[data-key=a]", event),
  r: (event) => reply(event),
  x: (event) => press("[name=chosen]", event),
  "/": (event) => search(event),
  "?": (event) => focus(".keys-hint", event),
};

function rows() {
  return [...document.querySelectorAll("[data-list] .case .words")];
}

function move(by, event) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.closest(".case").contains(document.activeElement));
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
  event.preventDefault();
  all[next].focus();
}

function current() {
  return document.activeElement?.closest(".case") ?? (document.querySelector("[data-list]") ? null : document);
}

function press(selector, event) {
  const target = current()?.querySelector(selector);
  if (!target) return;
  event.preventDefault();
  target.click();
}

function reply(event) {
  const form = document.querySelector("#main-form textarea");
  if (!form) return press("[data-key=r]", event);
  event.preventDefault();
  return form.focus();
}

function focus(selector, event) {
  const target = document.querySelector(selector);
  if (!target) return;
  event.preventDefault();
  target.tabIndex = target.matches("input") ? 0 : -1;
  target.focus();
}

// A page without a search box leads to the list that has one.
function search(event) {
  if (document.querySelector("[data-search]")) return focus("[data-search]", event);
  event.preventDefault();
  location.href = "/cases#q";
}

function follow(selector, event) {
  const link = document.querySelector(selector);
  if (!link) return;
  event.preventDefault();
  link.click();
}

function send(form, event) {
  if (!form || form.method !== "post") return;
  event.preventDefault();
  form.requestSubmit();
}

// After a row was changed in place the next one has the focus, so that work goes on without the mouse.
function moveOn(changed) {
  const row = document.getElementById(changed.id);
  const all = rows();
  const here = all.findIndex((words) => words.closest(".case") === row);
  (all[here + 1] ?? all[here])?.focus();
}
