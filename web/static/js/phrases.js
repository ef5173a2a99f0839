// Offer phrases for a reply: they are put into the text, to be read and changed, and never sent by themselves.

export function fillFromPhrases() {
  for (const button of document.querySelectorAll("[data-fill]")) {
    button.hidden = false;
    button.addEventListener("click", () => fill(button.dataset.fill));
  }
}

function fill(text) {
  const field = document.querySelector("#main-form textarea");
  if (!field) return;
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}
