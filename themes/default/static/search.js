// On every page: the keys and the button that open search. What searches is fetched only when
// somebody points at it, focuses it, or asks for it.
const html = document.documentElement;
const link = document.querySelector("[data-search-link]");
const page = document.querySelector("[data-search-page]");
const load = () => import("./search-ui.js");
const open = async () => (await load()).openDialog();

if (link) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = link.className;
  button.dataset.searchOpen = "";
  button.setAttribute("aria-keyshortcuts", "Control+K Meta+K /");
  const name = document.createElement("span");
  const key = document.createElement("kbd");
  name.textContent = link.textContent;
  key.textContent = "/";
  button.append(name, " ", key);
  link.replaceWith(button);
  button.addEventListener("click", open);
  button.addEventListener("pointerenter", load, { once: true });
  button.addEventListener("focus", load, { once: true });
}

if (page) {
  // The page asks at once only where its address holds a query already.
  const start = () => load().then(({ showPage }) => showPage(page));
  if (new URLSearchParams(location.search).has("q")) start();
  else {
    const input = document.createElement("input");
    input.type = "search";
    input.name = "q";
    input.className = "search-input";
    input.setAttribute("aria-label", document.querySelector("h1").textContent);
    const form = document.createElement("form");
    form.setAttribute("role", "search");
    form.append(input);
    page.replaceChildren(form);
    for (const event of ["focus", "pointerenter"]) input.addEventListener(event, start, { once: true });
  }
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const chord = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
  const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.isComposing || (!chord && !slash) || document.querySelector("dialog[open]:not(.search)")) return;
  event.preventDefault();
  open();
});

html.dataset.searchReady = "";
