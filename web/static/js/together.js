// Say how many cases are chosen, and choose all of a page at once.
export function countChosen() {
  const form = document.getElementById("together");
  if (!form) return;
  const boxes = () => [...document.querySelectorAll("input[name=chosen][form=together]")];
  const told = form.querySelector("[data-chosen]");
  const first = told.textContent;
  const all = form.querySelector("[data-choose-all]");
  const tell = () => {
    const number = boxes().filter((box) => box.checked).length;
    form.classList.toggle("held", number > 0);
    told.textContent = number ? told.dataset.chosen.replace("#", number) : first;
  };
  all.hidden = false;
  all.addEventListener("click", () => {
    const some = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = some;
    tell();
  });
  document.addEventListener("change", (event) => event.target.matches("input[name=chosen]") && tell());
  document.addEventListener("htmx:afterSwap", tell); // a row that came back has lost its tick
}
