// On every page: the keys and the button that open search. What searches is fetched only when
// somebody points at it, focuses it, or asks for it; the field to type into is there before it is.
import words from "./words.js";

const html = document.documentElement;
const link = document.querySelector("[data-search-link]");
const page = document.querySelector("[data-search-page]");
const load = () => import("./search-ui.js");

function make(name, options, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(options)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const label = words["search.label"] ?? "";
const field = () => make("form", { role: "search", class: "search-form", action: new URL("../search/", import.meta.url) },
  make("input", { type: "search", name: "q", class: "search-input", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search", "aria-label": label, placeholder: words["search.placeholder"] ?? "" }));

let dialog = null;
let filling = null;

// The browser keeps what is typed until what searches is there; if it never is, the page of search
// is asked the same: at once, or when there is something to ask.
function fill() {
  filling ??= load().then((ui) => ui.fillDialog(dialog)).catch(() => {
    filling = null;
    const form = dialog.querySelector("form");
    if (dialog.open && form.elements.q.value.trim()) form.submit();
  });
}

function open() {
  if (!dialog) {
    dialog = make("dialog", { class: "search", "aria-label": label }, field());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
  const input = dialog.querySelector("input");
  input.focus();
  input.select();
  fill();
}

if (link) {
  const button = make("button", { type: "button", class: link.className, "data-search-open": "", "aria-keyshortcuts": "Control+K Meta+K /" },
    make("span", {}, link.textContent), " ", make("kbd", {}, "/"));
  link.replaceWith(button);
  button.addEventListener("click", open);
  button.addEventListener("pointerenter", load, { once: true });
  button.addEventListener("focus", load, { once: true });
}

if (page) {
  const form = field();
  let shown = null;
  const asked = new URLSearchParams(location.search).get("q");
  // Where what searches cannot be had, the page says so, and is loaded anew with the next question.
  const start = () => {
    shown ??= load().then((ui) => ui.showPage(page, form)).catch(() => {
      if (!page.contains(form)) page.replaceChildren(form);
      form.elements.q.value ||= asked ?? "";
      page.append(make("p", { role: "alert" }, words["search.failed"] ?? ""));
    });
  };
  // The page asks at once only where its address holds a query already.
  if (asked !== null) start();
  else {
    page.replaceChildren(form);
    for (const event of ["focusin", "pointerover"]) form.addEventListener(event, start, { once: true });
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
