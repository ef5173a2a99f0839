// Say what became of 接收 in a row of a list when it was not taken: without a word the row would only stay as it was.
// The words come with the page, in its language; each says by its data-when what it is for.

export function tellOfRows() {
  const place = document.querySelector("[data-telling]");
  const words = document.querySelector("template[data-telling-words]");
  if (!place || !words) return;
  const tell = (what) => {
    const every = words.content;
    const said = every.querySelector(`[data-when~="${what}"]`) ?? every.querySelector('[data-when~="other"]');
    place.replaceChildren(document.importNode(said, true));
  };
  const ofRow = (act) => (event) => event.detail.elt.closest?.("[data-list]") && act(event.detail);

  // What was said before is taken away first, so that the same words are heard a second time.
  document.addEventListener("htmx:beforeRequest", ofRow(() => place.replaceChildren()));
  document.addEventListener("htmx:sendError", ofRow(() => tell("network")));
  document.addEventListener("htmx:responseError", ofRow(({ xhr }) => {
    if (xhr.status === 401) signIn(place.dataset.telling);
    else tell(xhr.status);
  }));
  document.addEventListener("htmx:beforeSwap", ofRow(followRedirect));
  document.addEventListener("pointerdown", ({ target }) => !place.contains(target) && place.replaceChildren());
}

// The whole page goes to where one signs in, and comes back to this very list afterwards.
function signIn(address) {
  location.assign(`${address}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

// Who has not come all the way in is led elsewhere: that is a page, and no row.
function followRedirect(detail) {
  const { responseURL } = detail.xhr;
  if (!responseURL || new URL(responseURL).pathname === new URL(detail.requestConfig.path, location.href).pathname) return;
  detail.shouldSwap = false;
  location.assign(responseURL);
}
