// Look at the sizes of files before they are sent: what the server would not take need not be uploaded first.

export function checkFiles() {
  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("input[type=file][data-most-bytes]")) check(target);
  });
}

// The browser keeps a form with this from being sent; the words stand below the field as the server's would.
function check(field) {
  const words = problem([...field.files], field.dataset);
  const place = document.getElementById(field.dataset.says);
  field.setCustomValidity(words);
  if (words) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  place.hidden = !words;
  place.textContent = words;
}

function problem(files, { mostFiles, mostBytes, tooMany, tooLarge, tooLargeTogether }) {
  if (files.length > Number(mostFiles)) return tooMany;
  const large = files.find((file) => file.size > Number(mostBytes));
  if (large) return `${large.name}：${tooLarge}`;
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return total > Number(mostBytes) ? `${tooLargeTogether}（${megabytes(total)} MB）` : "";
}

function megabytes(bytes) {
  return (bytes / 1024 / 1024).toFixed(1);
}
