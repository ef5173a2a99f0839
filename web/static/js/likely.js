// The list of like matters is filled anew while somebody writes. Once opened it keeps its height, whatever is
// found: nothing below it moves by itself. Opened or closed by hand, it is as high as what it holds.

export function holdWhatIsLike() {
  const list = document.querySelector("#likely-rows");
  if (!list) return;
  const box = list.closest("details");
  let shown;
  box.addEventListener("toggle", () => list.style.removeProperty("height"));
  list.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
    if (target !== list || !detail.shouldSwap) return;
    if (detail.serverResponse === shown) detail.shouldSwap = false; // or the same words would be read out again
    else if (box.open) list.style.height = `${list.getBoundingClientRect().height}px`;
    shown = detail.serverResponse;
  });
}
