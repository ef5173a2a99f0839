// Offer phrases for a reply: they are put into the text, to be read and changed, and never sent by themselves.

export function fillFromPhrases() {
  for (const phrases of document.querySelectorAll("[data-phrases]")) {
    phrases.hidden = false;
    phrases.addEventListener("click", ({ target }) => {
      if (target.dataset.fill) fill(phrases.closest("form"), target.dataset.fill);
    });
  }
}

function fill(form, text) {
  const field = form.querySelector("textarea");
  if (!field) return;
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}
