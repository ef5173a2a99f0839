// Offer phrases for a reply: they are put into the text, to be read and changed, and never sent by themselves.

export function fillFromPhrases() {
  for (const phrases of document.querySelectorAll("[data-phrases]")) {
    phrases.hidden = false;
    phrases.addEventListener("click", ({ target }) => {
      if (target.dataset.fill) fill(phrases, target);
    });
  }
}

function fill(phrases, { dataset }) {
  const form = phrases.closest("form");
  const field = form.querySelector("textarea");
  if (!field) return;
  const written = field.value.trim();
  const untouched = [...phrases.querySelectorAll("[data-fill]")].some((one) => one.dataset.fill === written);
  field.value = written && !untouched ? `${written}\n${dataset.fill}` : dataset.fill;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  choose(form, dataset.outcome);
}

// The outcome that goes with the phrase, unless the person has chosen one that does not come from a phrase.
function choose(form, outcome) {
  const field = form.elements.namedItem("outcome");
  if (!field || !outcome || (field.value && field.value !== form.dataset.filled)) return;
  field.value = form.dataset.filled = outcome;
}
