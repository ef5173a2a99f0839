// Keep what is typed into a form on this device until the server has it: a lost network or a closed page loses
// nothing. Drafts belong to one person and are gone when that person signs out. On a device that was not marked as one's
// own they belong to one sign-in and are gone with it: the next page that anybody opens here, or the moment of its end,
// takes away what is not of the present one.
import { openDB } from "idb";

const STORE = "drafts";
const KEPT_FOR = 7 * 24 * 3600 * 1000;
const PAUSE = 400;

export async function keepDrafts() {
  const { user, drafts, draftsEnd } = document.body.dataset;
  const database = await opened();
  if (!database) return;
  await forget(database, (_key, draft) => isOver(draft, drafts));
  if (!user) return;
  if (isDone()) await forget(database, (key, draft) => key.startsWith(`${user}:`) && draft.sent);
  const leave = document.querySelector("form[data-leave]");
  leave?.addEventListener("submit", () => forget(database, (key) => key.startsWith(`${user}:`)));
  const keeping = { database, sign: drafts, ends: drafts && Date.now() + Number(draftsEnd) };
  if (drafts) {
    const late = (_key, draft) => draft.sign && draft.ends <= Date.now(); // those of another page may live on
    setTimeout(() => forget(database, late), Number(draftsEnd));
  }
  for (const form of document.querySelectorAll("form[data-draft]")) watch(keeping, form, `${user}:${form.dataset.draft}`);
}

// One of a shared device lives as long as its sign-in; one of a device of one's own a week.
function isOver(draft, present) {
  const mine = draft.sign ? draft.sign === present : draft.own;
  return !mine || Date.now() - draft.at > KEPT_FOR;
}

async function opened() {
  try {
    return await openDB("huiyin", 1, { upgrade: (database) => database.createObjectStore(STORE) });
  } catch {
    return null; // a private window may allow no storage; the form works without
  }
}

async function watch(keeping, form, key) {
  const { database, sign, ends } = keeping;
  const draft = await database.get(STORE, key);
  if (draft && isFresh(form)) restore(form, draft);
  let waiting;
  const keep = (more) => {
    if (ends <= Date.now()) return; // nobody is signed in here any more
    const kept = { fields: typed(form), choices: chosen(form), at: Date.now(), sign, ends, own: !sign, ...more };
    database.put(STORE, kept, key);
  };
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

// In one transaction, so that a page which is being left still does it whole.
async function forget(database, isGone) {
  const change = database.transaction(STORE, "readwrite");
  for (let cursor = await change.store.openCursor(); cursor; cursor = await cursor.continue()) {
    if (isGone(cursor.key, cursor.value)) cursor.delete();
  }
  await change.done;
}
