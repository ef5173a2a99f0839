// Small courtesies: focus what went wrong, say once what was done, print, and never send a form twice.

export function tidy(root = document) {
  root.querySelector("[data-focus]")?.focus();
  if (location.hash === "#q") root.querySelector("[data-search]")?.focus();
  forgetWhatWasSaid();
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  document.addEventListener("submit", onlyOnce);
  window.addEventListener("pageshow", () => sending.clear());
}

const sending = new Set();

// The server finds a second click by the form's own key; this only spares the wait.
function onlyOnce(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (sending.has(form)) event.preventDefault();
  sending.add(form);
  setTimeout(() => sending.delete(form), 5000);
}

function forgetWhatWasSaid() {
  const here = new URL(location.href);
  if (!here.searchParams.has("done")) return;
  here.searchParams.delete("done");
  here.searchParams.delete("number");
  history.replaceState(null, "", here);
}
