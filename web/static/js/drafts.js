// Keep what is typed into a form on this device until the server has it: a lost network or a closed page loses
// nothing. Drafts belong to one person and are gone when that person signs out.
import { openDB } from "idb";

const STORE = "drafts";
const KEPT_FOR = 7 * 24 * 3600 * 1000;
const PAUSE = 400;

export async function keepDrafts() {
  const user = document.body.dataset.user;
  const forms = document.querySelectorAll("form[data-draft]");
  const leave = document.querySelector("form[data-leave]");
  if (!user || (!forms.length && !leave && !isDone())) return;
  const database = await opened();
  if (!database) return;
  await forgetOld(database);
  await forgetSent(database, user);
  leave?.addEventListener("submit", () => forgetAll(database, user));
  for (const form of forms) watch(database, form, `${user}:${form.dataset.draft}`);
}

async function opened() {
  try {
    return await openDB("huiyin", 1, { upgrade: (database) => database.createObjectStore(STORE) });
  } catch {
    return null; // a private window may allow no storage; the form works without
  }
}

async function watch(database, form, key) {
  const draft = await database.get(STORE, key);
  if (draft && isFresh(form)) restore(form, draft);
  let waiting;
  const keep = (more) =>
    database.put(STORE, { fields: typed(form), choices: chosen(form), at: Date.now(), ...more }, key);
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    keep({ sent: true });
    form.autocomplete = "off"; // or going back would fill it in again, to be sent a second time
  });
}

// A form that the server shows again already holds what was typed.
function isFresh(form) {
  return !document.querySelector(".mistakes:not([hidden])") && !typed(form).some(([, value]) => value.length > 1);
}

function typed(form) {
  return [...form.elements]
    .filter((field) => field.matches("textarea, input[type=text], input[type=tel], input[type=date]") && field.name)
    .map((field) => [field.name, field.value])
    .filter(([, value]) => value);
}

// What was chosen of a few things, where it is not what the form comes with.
function chosen(form) {
  return [...form.elements]
    .filter((field) => field.name && (field.matches("select") || (field.type === "radio" && field.checked)))
    .filter((field) => (field.type === "radio" ? !field.defaultChecked : field.value))
    .map((field) => [field.name, field.value]);
}

function restore(form, { fields, choices = [] }) {
  for (const [name, value] of fields) {
    const field = form.elements.namedItem(name);
    if (field && "value" in field && !field.value) field.value = value;
  }
  for (const [name, value] of choices) {
    const field = form.elements.namedItem(name);
    if (!field || !("value" in field)) continue;
    field.value = value;
    const changed = [...form.elements].find((one) => one.name === name && (one.type !== "radio" || one.checked));
    changed?.dispatchEvent(new Event("change", { bubbles: true })); // for what depends on it
  }
}

// A slip, or the word that something was done, says that what was sent has come in.
function isDone() {
  return document.querySelector("[data-toast], .slip") !== null;
}

// What was sent and then shown as done need not be kept any more.
async function forgetSent(database, user) {
  if (!isDone()) return;
  for (const key of await database.getAllKeys(STORE)) {
    const draft = await database.get(STORE, key);
    if (key.startsWith(`${user}:`) && draft.sent) await database.delete(STORE, key);
  }
}

async function forgetAll(database, user) {
  for (const key of await database.getAllKeys(STORE)) {
    if (key.startsWith(`${user}:`)) await database.delete(STORE, key);
  }
}

async function forgetOld(database) {
  for (const key of await database.getAllKeys(STORE)) {
    const draft = await database.get(STORE, key);
    if (Date.now() - draft.at > KEPT_FOR) await database.delete(STORE, key);
  }
}
