// What makes pages pleasant: keys, hover cards, a picture viewer, sorting and filtering, copying.
// Pages read well without it. No markup is made from text anywhere: elements are built one by one.
import words from "./words.js";

const html = document.documentElement;
const root = new URL("../", import.meta.url);

function make(name, options = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const say = make("p", { class: "vh", role: "status" });
document.body.append(say);

// Colours: as the system, light, dark -----------------------------------------------------------

const schemes = ["auto", "light", "dark"];
const button = make("button", { class: "scheme", type: "button" });

function show(scheme) {
  if (scheme === "auto") delete html.dataset.scheme;
  else html.dataset.scheme = scheme;
  const label = words[`scheme.${scheme}`];
  button.setAttribute("aria-label", label);
  button.title = label;
}

show(html.dataset.scheme ?? "auto");
button.addEventListener("click", () => {
  const next = schemes[(schemes.indexOf(html.dataset.scheme ?? "auto") + 1) % schemes.length];
  show(next);
  try {
    localStorage.setItem("kb-scheme", next);
  } catch {
    // Not kept where storage is forbidden; it holds for this page.
  }
});
document.querySelector(".top .bar")?.append(button);

// Dialogs ---------------------------------------------------------------------------------------

function dialog(label, ...children) {
  const close = make("button", { type: "button", class: "close", "aria-label": words.close, onclick: () => box.close() }, "×");
  const box = make("dialog", { "aria-label": label }, close, ...children);
  box.addEventListener("click", (event) => event.target === box && box.close());
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

function help() {
  const rows = [["j k", "list"], ["↵", "open"], ["[ ]", "turn"], ["f", "filter"], ["c", "copy"], ["?", "help"]];
  if (document.querySelector("[data-search-link]")) rows.unshift(["/", "search"]);
  const list = make("dl", { class: "keys" });
  for (const [keys, what] of rows) {
    const term = make("dt");
    keys.split(" ").forEach((key) => term.append(make("kbd", {}, key), " "));
    list.append(term, make("dd", {}, words[`help.${what}`]));
  }
  dialog(words.help, make("h2", {}, words.help), list);
}

document.querySelector(".foot ul")?.append(make("li", {}, make("button", { type: "button", "data-help": "", onclick: help }, `${words.help} `, make("kbd", {}, "?"))));

// Copying ---------------------------------------------------------------------------------------

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say.textContent = words.copied;
    return true;
  } catch {
    return false;
  }
}

for (const source of document.querySelectorAll("[data-copy]")) {
  const press = make("button", { type: "button", class: "copy" }, words.copy);
  press.addEventListener("click", async () => {
    if (await copy(`${source.textContent.trim()} ${document.querySelector("link[rel=canonical]")?.href ?? location.href.split("#")[0]}`)) {
      press.textContent = words.copied;
      setTimeout(() => { press.textContent = words.copy; }, 1500);
    }
  });
  source.after(press);
}

const linkTo = (block) => `${location.href.split("#")[0]}#${encodeURIComponent(block.id)}`;

for (const prose of document.querySelectorAll("[data-prose]")) {
  // One mark for all paragraphs; it stands beside the one under the pointer.
  let mark;
  prose.addEventListener("pointerover", (event) => {
    const block = event.target.closest?.("[id]");
    if (!block || !prose.contains(block) || block === prose) return;
    if (!mark) {
      mark = make("a", { class: "permalink", tabindex: "-1", "aria-label": words["copy-link"], title: words["copy-link"] }, "#");
      mark.addEventListener("click", () => copy(mark.href));
      prose.append(mark);
    }
    mark.href = linkTo(block);
    const edge = prose.getBoundingClientRect().top;
    mark.style.top = `${block.getBoundingClientRect().top - edge}px`;
  });
}

// Keys ------------------------------------------------------------------------------------------

const seen = (element) => element.offsetParent !== null;

function stops() {
  const links = [...document.querySelectorAll("main .t")].filter(seen);
  return links.length ? links : [...document.querySelectorAll("[data-prose] [id]")].filter(seen);
}

function step(by) {
  const all = stops();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  if (!next.matches("a")) next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const turn = (rel) => document.querySelector(`.turn a[rel=${rel}]`)?.href;

const keys = {
  "?": help,
  j: () => step(1),
  k: () => step(-1),
  "[": () => { const to = turn("prev"); if (to) location.assign(to); },
  "]": () => { const to = turn("next"); if (to) location.assign(to); },
  f: () => document.querySelector(".tools input")?.focus(),
  c: () => { const block = document.activeElement; if (block.matches("[data-prose] [id]")) copy(linkTo(block)); },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (document.querySelector("dialog[open]")) return;
  if (Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});

// Pictures --------------------------------------------------------------------------------------

function view(links, start) {
  const image = make("img", { alt: "" });
  const text = make("figcaption");
  let at = start;
  const put = (index) => {
    at = (index + links.length) % links.length;
    const thumb = links[at].querySelector("img");
    // Sizes first: once there is an address, it is fetched.
    image.sizes = "100vw";
    image.srcset = thumb?.srcset ?? "";
    image.src = links[at].href;
    image.alt = thumb?.alt ?? "";
    text.textContent = `${at + 1} / ${links.length}${image.alt ? ` · ${image.alt}` : ""}`;
  };
  const box = dialog(
    words.viewer,
    make("figure", {}, image, text),
    make("button", { type: "button", class: "back", "aria-label": words.previous, onclick: () => put(at - 1) }, "‹"),
    make("button", { type: "button", class: "forth", "aria-label": words.next, onclick: () => put(at + 1) }, "›"),
  );
  box.classList.add("viewer");
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") put(at - 1);
    if (event.key === "ArrowRight") put(at + 1);
  });
  box.addEventListener("close", () => links[at].focus());
  put(start);
}

for (const group of [...document.querySelectorAll("[data-viewer]"), ...document.querySelectorAll("[data-prose]")]) {
  const links = [...group.querySelectorAll("a.pic, [data-viewer] a, :scope > li > a")].filter((link) => link.querySelector("img"));
  links.forEach((link, index) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    view(links, index);
  }));
}

// Hover cards -----------------------------------------------------------------------------------

const CARD_LENGTH = 180;

// The page itself is the card: the browser then has it at hand for the click.
function fetchPage(address) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.onload = () => done(request.response);
    request.onerror = fail;
    request.send();
  });
}

const oneLine = (element) => element.textContent.replace(/\s+/g, " ").trim();

function cardOf(page) {
  const title = page?.querySelector("main h1");
  if (!title) return [];
  const lines = [...page.querySelectorAll("main .kicker, main .speakers, main [data-card]")].map((part) => {
    const text = part.matches(".kicker, .speakers") ? [...part.children].map(oneLine).join(" · ") : oneLine(part);
    return text.length > CARD_LENGTH ? `${text.slice(0, CARD_LENGTH).replace(/\s+\S*$/, "")}…` : text;
  }).filter(Boolean);
  return lines.length ? [make("strong", { dir: "auto" }, oneLine(title)), ...lines.map((line) => make("span", { dir: "auto" }, line))] : [];
}

function hasCard(link) {
  const url = new URL(link.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(root.pathname)) return false;
  return url.pathname !== location.pathname && /^(talks|speakers|topics|events)\/.+\/$/.test(url.pathname.slice(root.pathname.length));
}

if ("popover" in HTMLElement.prototype) {
  const tip = make("div", { class: "hover", id: "kb__card", role: "tooltip", popover: "manual" });
  document.body.append(tip);
  let timer = 0;
  let owner = null;

  const hide = () => {
    clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    owner = null;
    if (tip.matches(":popover-open")) tip.hidePopover();
  };

  const open = async (link) => {
    let parts;
    try {
      parts = cardOf(await fetchPage(link.href.split("#")[0]));
    } catch {
      return; // A card is an extra: without a network the link still works.
    }
    if (!parts.length || owner !== link) return;
    tip.replaceChildren(...parts);
    link.setAttribute("aria-describedby", tip.id);
    tip.showPopover();
    const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const below = at.bottom + tip.offsetHeight + 12 < innerHeight;
    tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - tip.offsetHeight - 6)}px`;
  };

  const ask = (event, wait) => {
    const link = event.target.closest?.("main a[href], .turn a");
    if (link === owner && link) return;
    hide();
    if (!link || !hasCard(link)) return;
    owner = link;
    timer = setTimeout(() => open(link), wait);
  };

  document.addEventListener("pointerover", (event) => event.pointerType === "mouse" && ask(event, 350));
  document.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && ask(event, 600));
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  addEventListener("scroll", hide, { passive: true });
}

// Lists: filter and sort ------------------------------------------------------------------------

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const order = new Intl.Collator(html.lang, { numeric: true });
const sorts = {
  title: (a, b) => order.compare(a.querySelector(".t").textContent, b.querySelector(".t").textContent),
  speaker: (a, b) => order.compare(a.querySelector(".by")?.textContent ?? "\uffff", b.querySelector(".by")?.textContent ?? "\uffff"),
  count: (a, b) => Number(b.dataset.n ?? 0) - Number(a.dataset.n ?? 0),
  date: (a, b) => order.compare(b.dataset.d ?? "", a.dataset.d ?? ""),
};

for (const area of document.querySelectorAll("[data-filter]")) {
  const items = [...area.querySelectorAll("[data-item]")];
  if (items.length < 8) continue;
  const lists = [...area.querySelectorAll("[data-list]")];
  const homes = items.map((item) => item.parentElement);
  const texts = items.map((item) => fold(item.textContent));
  const none = make("p", { class: "none", role: "status", hidden: "" }, words.none);

  const sieve = () => {
    const wanted = fold(input.value).split(/\s+/).filter(Boolean);
    let found = 0;
    items.forEach((item, index) => {
      item.hidden = !wanted.every((word) => texts[index].includes(word));
      found += item.hidden ? 0 : 1;
    });
    for (const group of area.querySelectorAll(".group")) group.hidden = !group.querySelector("[data-item]:not([hidden])");
    none.hidden = found > 0;
  };

  const input = make("input", { type: "search", placeholder: words.filter, "aria-label": words.filter, oninput: sieve });
  const tools = make("div", { class: "tools" }, input);
  const names = (lists[0]?.dataset.list ?? "").split(" ").filter((name) => name in sorts);
  if (names.length) {
    const choice = make("select", { "aria-label": words.sort });
    choice.append(make("option", { value: "" }, words["sort.given"]));
    for (const name of names) choice.append(make("option", { value: name }, words[`sort.${name}`]));
    choice.addEventListener("change", () => {
      const by = sorts[choice.value];
      // Sorted, all rows stand in the first list; as given, each goes home.
      if (by) lists[0].append(...[...items].sort(by));
      else items.forEach((item, index) => homes[index].append(item));
      area.classList.toggle("sorted", Boolean(by));
      sieve();
    });
    tools.append(make("label", {}, `${words.sort} `, choice));
  }
  area.prepend(tools, none);
  for (const name of document.querySelectorAll("[data-fill] span:not(.ct)")) {
    const fill = () => { input.value = name.textContent; sieve(); input.focus(); };
    name.replaceChildren(make("button", { type: "button", onclick: fill }, name.textContent));
  }
}
