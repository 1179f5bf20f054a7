// The live script of the preview: patches this page when what it shows has changed.
// Injected on the way to the browser; the published site has no trace of it.

import {Idiomorph} from "/__kb/idiomorph.js";

const own = document.querySelector("script[data-kb-page]");
const served = window.kbServed;
let digest = own.dataset.kbPage;
let source = null;
let build = "";
let busy = false;
let again = false;

function target() {
  return location.pathname + location.search;
}

// XMLHttpRequest parses a document without any sink that a strict policy (Trusted Types) forbids.
function fetchPage() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", target());
    request.responseType = "document";
    request.setRequestHeader("X-KB-Live", "1");
    request.onload = () => (request.responseXML ? resolve(request.responseXML) : reject(new Error("no page")));
    request.onerror = () => reject(new Error("no answer"));
    request.send();
  });
}

function isOwn(node) {
  return node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-kb-own");
}

// What reader or script changed since the page was loaded stays, unless the server changed it, too.
const STATEFUL = {DETAILS: ["open"], DIALOG: ["open"], HTML: null, BODY: null};

function isOfScript(node) {
  return node.nodeType === Node.ELEMENT_NODE && served !== undefined && !served.attributes.has(node);
}

function serverChanged(name, node, fresh) {
  const before = served && served.attributes.get(node);
  if (before === undefined || fresh === undefined) return true;
  const [was, will] = [before.get(name), fresh.getAttribute(name)];
  return (was === undefined ? null : was) !== will;
}

function keepsAttribute(name, node) {
  if (node === document.documentElement || node === document.body) {
    return name.startsWith("data-") || name === "class" || name === "style";
  }
  return (STATEFUL[node.tagName] || []).includes(name);
}

function sameKind(one, other) {
  return one.tagName === other.tagName && one.getAttribute("rel") === other.getAttribute("rel");
}

const STYLES = 'link[rel~="stylesheet"]:not([data-kb-own])';

function loaded(link) {
  return new Promise((done) => {
    link.addEventListener("load", done, {once: true});
    link.addEventListener("error", done, {once: true});
    setTimeout(done, 2000);
  });
}

// What the page said, before a changed file got a name of its own for the browser's cache.
function said(node, name) {
  return node.dataset.kbSaid || node.getAttribute(name);
}

async function swapStyles(next) {
  const present = [...document.querySelectorAll(STYLES)];
  const old = new Map(present.map((link) => [said(link, "href"), link]));
  const loads = [];
  for (const link of next.querySelectorAll(STYLES)) {
    if (old.delete(said(link, "href"))) continue;
    const fresh = document.importNode(link, false);
    loads.push(loaded(fresh));
    (present.at(-1) || document.head.lastElementChild).after(fresh);
  }
  await Promise.all(loads); // the old ones hold the page's looks until the new ones are there
  for (const link of old.values()) link.remove();
}

function isAt(node, name, urls) {
  const value = said(node, name);
  return value !== null && urls.has(new URL(value, location.href).pathname);
}

function renamed(node, name) {
  const value = said(node, name);
  const fresh = new URL(value, location.href);
  fresh.searchParams.set("kb", build);
  return [value, fresh.pathname + fresh.search];
}

function refreshFiles(files) {
  const urls = new Set(files);
  if (urls.size === 0) return;
  if ([...document.querySelectorAll("script[src]")].some((script) => isAt(script, "src", urls))) {
    location.reload();
    return;
  }
  for (const link of document.querySelectorAll(STYLES)) {
    if (!isAt(link, "href", urls)) continue;
    const [value, url] = renamed(link, "href");
    const fresh = link.cloneNode(false);
    fresh.dataset.kbSaid = value;
    fresh.setAttribute("href", url);
    loaded(fresh).then(() => link.remove());
    link.after(fresh);
  }
  for (const image of document.querySelectorAll("img[src]")) {
    if (!isAt(image, "src", urls)) continue;
    const [value, url] = renamed(image, "src");
    image.dataset.kbSaid = value;
    image.setAttribute("src", url);
  }
}

function patchHead(next) {
  if (document.title !== next.title) document.title = next.title;
  const kinds = 'meta, link:not([rel~="stylesheet"])';
  const present = [...document.head.querySelectorAll(kinds)];
  const wanted = [...next.head.querySelectorAll(kinds)].map((node) => document.importNode(node, true));
  const key = (node) => node.outerHTML;
  const keep = new Set(wanted.map(key));
  const have = new Set(present.map(key));
  for (const node of present) if (!keep.has(key(node))) node.remove();
  for (const node of wanted) if (!have.has(key(node))) document.head.append(node);
}

function scriptsOf(page) {
  return [...page.querySelectorAll("script[src]:not([data-kb-own])")]
    .map((script) => script.getAttribute("src")).sort().join(" ");
}

// The blocks to mark: the smallest that changed, and not more than a few.
const BLOCK = "p, li, h1, h2, h3, h4, h5, h6, pre, blockquote, tr, dt, dd, figure, section, article";

function mark(nodes) {
  const blocks = new Set();
  for (const node of nodes) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    const block = element && element.isConnected ? element.closest(BLOCK) : null;
    if (block && !block.closest("[data-kb-own]")) blocks.add(block);
  }
  const inner = [...blocks].filter((block) => ![...blocks].some((other) => other !== block && block.contains(other)));
  if (inner.length === 0 || inner.length > 40) return;
  for (const block of inner) {
    block.classList.remove("kb-changed");
    void block.offsetWidth;
    block.classList.add("kb-changed");
    setTimeout(() => {
      block.classList.remove("kb-changed");
      if (block.getAttribute("class") === "") block.removeAttribute("class");
    }, 1600);
  }
}

function patchBody(next) {
  const touched = [];
  const place = {x: scrollX, y: scrollY};
  const pairs = new Map();
  const taken = served ? served.taken() : new Set();
  const mine = document.documentElement;
  for (const {name, value} of [...next.documentElement.attributes]) {
    if (name !== "class" && mine.getAttribute(name) !== value) mine.setAttribute(name, value);
  }
  Idiomorph.morph(document.body, next.body, {
    morphStyle: "outerHTML",
    ignoreActiveValue: true,
    restoreFocus: true,
    callbacks: {
      beforeNodeAdded: (node) => !isOwn(node) && !(taken.size && taken.has(node.outerHTML)),
      afterNodeAdded: (node) => {
        if (served && node.nodeType === Node.ELEMENT_NODE) served.noteAll(node);
        touched.push(node);
      },
      beforeNodeMorphed: (node, fresh) => {
        if (isOwn(node) || node.tagName === "SCRIPT") return false;
        if (node.nodeType === Node.ELEMENT_NODE) pairs.set(node, fresh);
        if (node.nodeType === Node.TEXT_NODE && node.nodeValue !== fresh.nodeValue) touched.push(node);
        return true;
      },
      beforeNodeRemoved: (node) => {
        if (isOwn(node) || isOfScript(node)) return false;
        if (node.nodeType === Node.ELEMENT_NODE && node.previousElementSibling) touched.push(node.previousElementSibling);
        return true;
      },
      beforeAttributeUpdated: (name, node) => {
        if (keepsAttribute(name, node) || !serverChanged(name, node, pairs.get(node))) return false;
        return !(node.dataset.kbSaid && (name === "src" || name === "data-kb-said"));
      },
    },
  });
  if (served) {
    for (const [node, fresh] of pairs) served.note(node, fresh);
    served.settle(taken);
  }
  scrollTo({left: place.x, top: place.y, behavior: "instant"});
  mark(touched);
}

async function patch() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    do {
      again = false;
      const next = await fetchPage();
      const script = next.querySelector("script[data-kb-page]");
      const fault = (page) => page.documentElement.hasAttribute("data-kb-fault");
      if (!script || fault(next) || fault(document) || scriptsOf(next) !== scriptsOf(document)) {
        location.reload();
        return;
      }
      await swapStyles(next);
      const seen = script.dataset.kbPage;
      for (const node of next.querySelectorAll("script[data-kb-own]")) node.remove();
      patchHead(next);
      patchBody(next);
      digest = seen;
      own.dataset.kbPage = seen;
      document.dispatchEvent(new CustomEvent("kb:patched"));
    } while (again);
  } catch {
    again = false; // the preview has gone: the channel comes back with it and tells what is new
  } finally {
    busy = false;
  }
}

// ---- findings -------------------------------------------------------------------------------

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function findingItem(row) {
  const place = row.edit
    ? element("a", {href: row.edit}, row.place)
    : element("span", {}, row.place);
  const item = element("li", {class: `kb-${row.severity}`},
    element("b", {}, row.severity), " ", place, element("p", {}, row.message));
  if (row.source) item.append(element("pre", {}, row.source));
  if (row.hint) item.append(element("p", {class: "kb-hint"}, row.hint));
  return item;
}

let drawer = null;
let banner = null;

function showBanner(words) {
  if (banner === null) {
    banner = element("p", {class: "kb-banner kb-top", role: "alert", "data-kb-own": "1"});
    document.body.prepend(banner);
  }
  banner.textContent = words;
  banner.hidden = words === "";
}

// "kb 2 errors here, 3 findings elsewhere", the number of the worst kind first.
function summaryOf(state) {
  const parts = [element("b", {class: "kb-name"}, "kb")];
  const say = (count, kind) => `${count} ${kind}${count === 1 ? "" : "s"}`;
  for (const severity of ["error", "warning", "hint"]) {
    const count = state.here.filter((row) => row.severity === severity).length;
    if (count) parts.push(" ", element("span", {class: `kb-count kb-${severity}`}, say(count, severity)));
  }
  const others = state.count - state.here.length;
  if (others > 0) parts.push(" ", element("span", {class: "kb-others"}, `${state.here.length ? "" : "nothing here, "}${others} elsewhere`));
  return parts;
}

function showFindings(state) {
  if (drawer === null) {
    const style = element("link", {rel: "stylesheet", href: "/__kb/live.css", "data-kb-own": "1"});
    document.head.append(style);
    drawer = element("details", {class: "kb-drawer", "data-kb-own": "1"});
    document.body.append(drawer);
  }
  const parts = [element("summary", {}, ...summaryOf(state))];
  for (const note of state.notes) {
    parts.push(element("p", {class: "kb-note"}, note.edit ? element("a", {href: note.edit}, note.path) : note.path));
  }
  for (const [title, rows] of [["This page", state.here], ["The rest of the site", state.site]]) {
    if (rows.length) parts.push(element("h2", {}, title), element("ul", {}, ...rows.map(findingItem)));
  }
  const query = new URLSearchParams({page: location.pathname});
  parts.push(element("p", {}, element("a", {href: `/__kb/?${query}`}, "What kb sees here, and why")));
  drawer.replaceChildren(...parts);
  const alarm = state.banner !== "" || state.here.some((row) => row.severity === "error");
  const ours = document.body.classList.contains("kb-own"); // a page of kb's own says it all itself
  drawer.hidden = ours || state.count === 0 && !state.banner && state.notes.length === 0;
  drawer.classList.toggle("kb-alarm", alarm);
  showBanner(state.banner);
}

// ---- the channel ----------------------------------------------------------------------------

// A page that nobody sees lets go of its connection (browsers grant few to one host), and learns
// what it missed when it is seen again.
function connect() {
  if (source !== null || document.hidden) return;
  const query = new URLSearchParams({page: target(), digest, build});
  source = new EventSource(`/__kb/live?${query}`);
  source.addEventListener("page", patch);
  source.addEventListener("build", (message) => {
    const told = JSON.parse(message.data);
    build = String(told.number);
    refreshFiles(told.files);
  });
  source.addEventListener("findings", (message) => showFindings(JSON.parse(message.data)));
  source.onerror = () => {
    if (source && source.readyState === EventSource.CLOSED) {
      source = null;
      setTimeout(connect, 1000);
    } else if (source) {
      // The browser would come back with the digest of long ago: come back with today's.
      source.close();
      source = null;
      setTimeout(connect, 300);
    }
  };
}

function disconnect() {
  if (source !== null) source.close();
  source = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
addEventListener("pagehide", disconnect);
addEventListener("pageshow", connect);
connect();
