// What people see of search: a dialog on every page, and a page of its own. No markup is ever made
// from text: elements are built one by one.
import { Index, LABEL, key, parse } from "./search-engine.js";
import words from "./words.js";

const root = new URL("../", import.meta.url);
const index = new Index(new URL("search/", root));
let opened = null;
const ready = () => (opened ??= index.open());

// A site published anew names other files: then the index is opened again, once.
async function answered(work) {
  try {
    await ready();
    return await work();
  } catch {
    opened = null;
    index.files.delete("index.bin");
    await ready();
    return work();
  }
}

const MANY = 20, FEW = 8;
const FACETS = ["kind", "event", "year", "speaker", "topic", "has"];
const PLAIN = ["abstract", "link", "note", "speaker"]; // Nearly every talk has these.
const HELP = [["word.help", "shade monty"], ["phrase.help", '"nova cells"'], ["not.help", "cells -forum"], ["or.help", "ansible OR puppet"], ["prefix.help", "kube*"], ["field.help", "speaker:taylor topic:nova event:boston"], ["range.help", "year:2014..2017"], ["has.help", "has:recording"], ["sort.help", "sort:date"]];
const say = (key, values = {}) => (words[`search.${key}`] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

function dress(element, options, ...children) {
  for (const [key, value] of Object.entries(options)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

const make = (name, options = {}, ...children) => dress(document.createElement(name), options, ...children);

const marked = (parts) => parts.map((part, at) => (at % 2 ? make("mark", {}, part) : part));

// Where a hit leads: into the site, or for a link to the web and nowhere else.
function target(hit) {
  if (hit.kind === "link") return /^https?:/i.test(hit.url) ? hit.url : hit.page ? new URL(hit.page.slice(1), root).href : "";
  const url = new URL(hit.url.slice(1), root);
  const passage = hit.excerpt.length > 1 ? hit.excerpt[1] : "";
  if (passage && !url.hash) return `${url.href}#:~:text=${encodeURIComponent(passage).replace(/-/g, "%2D")}`;
  return url.href;
}

// Queries as text again, so that a filter can be taken out of one.
const quoted = (text) => (/[\s()]/.test(text) ? `"${text.replace(/"/g, "")}"` : text.replace(/"/g, ""));
function written(term) {
  if (term.type === "word") return term.text + (term.prefix ? "*" : "");
  if (term.type === "phrase") return `"${term.text}"`;
  if (term.type === "not") return `-${written(term.term)}`;
  if (term.type === "either") return term.terms.map(written).join(" OR ");
  if (term.type === "group") return `(${term.terms.map(written).join(" ")})`;
  if (term.low !== undefined) return `${term.name}:${term.low}..${term.high}`;
  return `${term.name}:${term.quoted ? `"${term.value}"` : term.value}${term.prefix ? "*" : ""}`;
}
const rewritten = ({ terms, sort }) => [...terms.map(written), ...(sort === "score" ? [] : [`sort:${sort}`])].join(" ");
const isFilter = (term) => term.type === "field" || (term.type === "not" && term.term.type === "field");

const recent = {
  read() {
    try {
      const list = JSON.parse(localStorage.getItem("kb-searches") ?? "[]");
      return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  },
  write(list) {
    try {
      localStorage.setItem("kb-searches", JSON.stringify(list.slice(0, 6)));
    } catch {
      // Not kept where storage is forbidden.
    }
  },
  add(query) {
    if (query.trim()) recent.write([query.trim(), ...recent.read().filter((one) => one !== query.trim())]);
  },
};

let boxes = 0;

// A field with its results: in the dialog and on the page. Somebody may be typing into the field
// already, even in the midst of a word that is being composed: so it stays where it is.
class Box {
  constructor(home, form, { full, changed }) {
    this.full = full;
    this.changed = changed;
    this.number = ++boxes;
    this.turn = 0;
    this.limit = full ? MANY : FEW;
    this.active = -1;
    const id = `kb__search${this.number}`;
    this.list = make("div", { id: `${id}-list`, role: "listbox", "aria-label": say("results"), class: "search-list" });
    this.form = dress(form, { onsubmit: (event) => this.submit(event) });
    this.input = dress(form.elements.q, {
      role: "combobox", "aria-expanded": "false", "aria-controls": this.list.id, "aria-autocomplete": "list",
      oninput: () => this.typed(), onkeydown: (event) => this.key(event),
    });
    this.chips = make("div", { class: "search-chips" });
    this.note = make("div", { class: "search-note" });
    this.status = make("p", { class: "vh", role: "status" });
    this.facets = make("aside", { class: "search-facets", "aria-label": say("facets"), hidden: true });
    this.more = make("button", { type: "button", class: "search-more", hidden: true, onclick: () => this.showMore() }, say("more"));
    home.append(this.chips, make("div", { class: "search-body" }, make("div", {}, this.note, this.list, this.more), ...(full ? [this.facets] : [])), this.status);
  }

  set(query) {
    this.input.value = query;
    return this.ask();
  }

  typed() {
    this.limit = this.full ? MANY : FEW;
    this.changed?.(this.input.value, false);
    this.ask();
  }

  submit(event) {
    event.preventDefault();
    const option = this.options()[this.active];
    recent.add(this.input.value);
    if (option) return option.click();
    if (this.full) this.changed?.(this.input.value, true);
    else location.assign(this.address());
  }

  address() {
    return `${new URL("search/", root).href}?q=${encodeURIComponent(this.input.value)}`;
  }

  options() {
    return [...this.list.querySelectorAll('[role="option"]')];
  }

  // Keys: the focus stays in the input, `aria-activedescendant` tells which result is meant.
  key(event) {
    if (event.isComposing) return;
    const all = this.options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!all.length) return;
      const by = event.key === "ArrowDown" ? 1 : -1;
      this.point(this.active < 0 ? (by > 0 ? 0 : all.length - 1) : (this.active + by + all.length) % all.length);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const option = all[this.active];
      if (option?.href) window.open(option.href, "_blank", "noopener");
    } else if (event.key === "Escape" && this.input.value) {
      event.preventDefault();
      event.stopPropagation();
      this.input.value = "";
      this.typed();
    } else if (event.key === "Backspace" && !this.input.value.trim() && this.filters?.length) {
      this.filters.at(-1).click();
    } else if (event.key === "?" && !this.input.value) {
      event.preventDefault();
      this.help();
    }
  }

  point(at) {
    const all = this.options();
    all[this.active]?.setAttribute("aria-selected", "false");
    this.active = at;
    const option = all[at];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", option.id);
    } else this.input.removeAttribute("aria-activedescendant");
  }

  announce(text) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.status.textContent = text; }, 400);
  }

  async ask() {
    const turn = ++this.turn;
    const text = this.input.value;
    const late = setTimeout(() => turn === this.turn && this.list.setAttribute("aria-busy", "true"), 150);
    try {
      if (!text.trim()) {
        await answered(() => {});
        if (turn === this.turn) this.start();
        return;
      }
      const [results, completions] = await answered(() => Promise.all([index.search(text, { limit: this.limit }), this.completions(text)]));
      if (turn !== this.turn) return;
      this.show(text, results, completions);
      if (this.full) await this.count(results, turn);
    } catch {
      if (turn === this.turn) this.fail();
    } finally {
      clearTimeout(late);
      if (turn === this.turn) this.list.removeAttribute("aria-busy");
    }
  }

  fail() {
    this.clear();
    this.note.replaceChildren(make("p", {}, say("failed"), " ", make("button", { type: "button", onclick: () => this.ask() }, say("again"))));
    this.announce(say("failed"));
  }

  clear() {
    this.list.replaceChildren();
    this.note.replaceChildren();
    this.chips.replaceChildren();
    this.facets.hidden = true;
    this.more.hidden = true;
    this.point(-1);
    this.input.setAttribute("aria-expanded", "false");
  }

  // Nothing typed yet: what was asked before, and what can be asked.
  start() {
    this.clear();
    const pick = (query) => make("button", { type: "button", class: "search-try", onclick: () => { this.input.focus(); this.input.value = query; this.typed(); } }, query);
    const before = recent.read();
    const parts = [];
    if (before.length) {
      const forget = make("button", { type: "button", class: "search-forget", onclick: () => { recent.write([]); this.start(); this.input.focus(); } }, say("forget"));
      parts.push(make("h2", {}, say("recent")), make("p", { class: "search-tries" }, ...before.map(pick), forget));
    }
    const examples = index.entry.examples ?? [];
    if (examples.length) parts.push(make("h2", {}, say("try")), make("p", { class: "search-tries" }, ...examples.map(pick)));
    this.note.replaceChildren(...parts, this.table());
    this.announce("");
  }

  table() {
    return make("details", { class: "search-help", open: this.full }, make("summary", {}, say("how")),
      make("dl", {}, ...HELP.flatMap(([key, example]) => [make("dt", {}, make("code", {}, example)), make("dd", {}, say(key))])),
      make("p", {}, say("keys")));
  }

  help() {
    const help = this.note.querySelector(".search-help");
    if (help) help.open = !help.open;
  }

  show(text, results, completions) {
    this.clear();
    const query = parse(text);
    this.showChips(query);
    const notes = [];
    if (results.meant) notes.push(make("p", {}, say("showing"), " ", make("strong", {}, results.meant)));
    // Where what is typed may go on, it is too early to say that nothing is found.
    if (!results.total) notes.push(...(completions.length ? [] : this.nothing(query)));
    else if (this.full) notes.push(make("p", { class: "search-count" }, say(results.total === 1 ? "one" : "found", { n: results.total }), this.sorter(query)));
    this.note.replaceChildren(...notes);
    this.list.replaceChildren(...this.completed(completions), ...this.groups(results.hits));
    this.options().forEach((option, at) => {
      option.id = `kb__search${this.number}-${at}`;
      option.addEventListener("pointermove", () => this.active !== at && this.point(at));
    });
    if (!this.full && results.total > results.hits.length) {
      this.note.append(make("p", { class: "search-all" }, make("a", { href: this.address(), onclick: () => recent.add(text) }, say("all", { n: results.total }))));
    }
    this.more.hidden = !this.full || results.total <= results.hits.length;
    this.input.setAttribute("aria-expanded", String(this.options().length > 0));
    this.announce(results.total ? say(results.total === 1 ? "one" : "found", { n: results.total }) : say("nothing"));
  }

  showChips({ terms, sort }) {
    this.filters = terms.filter(isFilter).map((term) => make("button", {
      type: "button", class: "search-chip", "aria-label": say("drop", { filter: written(term) }),
      onclick: () => {
        this.input.focus();
        this.input.value = rewritten({ terms: terms.filter((other) => other !== term), sort });
        this.typed();
      },
    }, written(term), make("span", { "aria-hidden": "true" }, " ×")));
    this.chips.replaceChildren(...this.filters);
  }

  sorter(query) {
    const choice = make("select", { "aria-label": say("sort") }, ...["score", "date", "-date"].map((sort) => make("option", { value: sort, selected: sort === query.sort }, say(`sort.${sort}`))));
    choice.addEventListener("change", () => {
      this.input.value = rewritten({ ...query, sort: choice.value });
      this.changed?.(this.input.value, true);
      this.ask();
    });
    return choice;
  }

  nothing(query) {
    const notes = [make("p", {}, say("nothing"))];
    const filters = query.terms.filter(isFilter);
    if (filters.length && filters.length < query.terms.length) notes.push(make("p", {}, say("nothing.filters")));
    else notes.push(make("p", {}, say("nothing.words")));
    return [...notes, this.table()];
  }

  // Results in order; neighbours of one kind stand under one heading.
  groups(hits) {
    const groups = new Map();
    for (const hit of hits) {
      const name = this.full ? "" : hit.kind;
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(hit);
    }
    return [...groups].map(([kind, list], at) => {
      const rows = list.map((hit) => this.row(hit));
      if (!kind) return make("div", { role: "presentation" }, ...rows);
      const id = `kb__search${this.number}-group${at}`;
      return make("div", { role: "group", "aria-labelledby": id }, make("h2", { id, role: "presentation" }, say(`kinds.${kind}`)), ...rows);
    });
  }

  row(hit) {
    const about = [];
    const tell = (between, ...parts) => parts.join("") && about.push(...(about.length ? [between] : []), ...marked(parts));
    if (this.full) tell(" · ", say(`kind.${hit.kind}`));
    hit.speakerParts.forEach((parts, at) => tell(at ? ", " : " · ", ...parts));
    tell(" · ", ...hit.eventParts);
    if (["talk", "session", "note"].includes(hit.kind)) tell(" · ", hit.date.slice(0, 10));
    if (hit.count && ["speaker", "topic", "event"].includes(hit.kind)) tell(" · ", say(hit.count === 1 ? "talk" : "talks", { n: hit.count }));
    if (hit.kind === "link") tell(" · ", hit.sessionKind), tell(" · ", hit.url.replace(/^https?:\/\//, ""));
    for (const parts of hit.topicParts) if (parts.length > 1) tell(" · ", ...parts);
    if (hit.near) tell(" · ", say("near"));
    const rows = [make("span", { class: "search-title" }, ...marked(hit.titleParts)), make("span", { class: "search-about" }, ...about)];
    if (hit.excerpt.join("")) rows.push(make("span", { class: "search-excerpt" }, ...marked(hit.excerpt)));
    return make("a", {
      role: "option", "aria-selected": "false", tabindex: this.full ? "0" : "-1", class: `search-hit is-${hit.kind}`, href: target(hit) || undefined,
      rel: hit.kind === "link" ? "noopener" : undefined, onclick: () => recent.add(this.input.value),
    }, ...rows);
  }

  async showMore() {
    const had = this.options().length;
    this.limit += MANY;
    await this.ask();
    this.options()[had]?.focus();
  }

  // Values that `speaker:`, `topic:`, `tag:` or `event:` at the end may be completed to.
  async completions(text) {
    const found = /(?:^|\s)(-?)(speaker|by|topic|tag|event|kind|has|year|day):("?)([^"\s]*(?:[^"]*(?="))?)$/i.exec(text);
    if (!found) return [];
    const [, , name, quote, begun] = found;
    const field = { by: "speaker" }[name.toLowerCase()] ?? name.toLowerCase();
    const head = text.slice(0, text.length - begun.length - quote.length);
    let values;
    if (["speaker", "topic", "event"].includes(field)) {
      if (begun.length < 2) return [];
      values = (await index.search(`${begun}*`, { kinds: [field], limit: 6 })).hits.map((hit) => [hit.title, hit.count]);
    } else if (field === "tag") {
      if (begun.length < 2) return [];
      const known = [...(await index.starting(key(begun), LABEL))];
      values = known.map(([term, count]) => [term.slice(0, -LABEL.length), count]).sort((left, right) => right[1] - left[1]).slice(0, 6);
    } else {
      const start = `#${field}:`;
      values = [...(await index.starting(start))].map(([term, count]) => [term.slice(start.length), count]);
      values = values.filter(([value]) => value.startsWith(begun.toLowerCase())).sort((left, right) => right[1] - left[1]).slice(0, 6);
    }
    return values.filter(([value]) => value !== begun).map(([value, count]) => ({ label: `${name}:${quoted(value)}`, count, query: `${head}${quoted(value)} ` }));
  }

  completed(completions) {
    if (!completions.length) return [];
    const id = `kb__search${this.number}-complete`;
    return [make("div", { role: "group", "aria-labelledby": id }, make("h2", { id, role: "presentation" }, say("complete")), ...completions.map(({ label, count, query }) => make("a", {
      role: "option", "aria-selected": "false", tabindex: "-1", class: "search-hit is-completion", href: "#",
      onclick: (event) => {
        event.preventDefault();
        this.input.focus();
        this.input.value = query;
        this.typed();
      },
    }, make("span", { class: "search-title" }, label), make("span", { class: "search-about" }, String(count)))))];
  }

  // How many of the results have each value: a press adds it to the query.
  async count(results, turn) {
    if (!results.total) return;
    const found = new Set(results.documents);
    const sections = [];
    for (const name of FACETS) {
      const body = make("div", {});
      const box = make("details", { open: ["kind", "event", "year"].includes(name) }, make("summary", {}, say(`facet.${name}`)), body);
      const fill = async () => {
        if (body.childElementCount) return;
        const values = (await index.facet(name, found)).filter(([value]) => name !== "has" || !PLAIN.includes(value));
        body.replaceChildren(...values.slice(0, 12).map(([value, count]) => make("button", { type: "button", onclick: () => this.narrow(name, value) }, make("span", {}, value), " ", make("span", { class: "search-n" }, String(count)))));
        if (!values.length) box.hidden = true;
      };
      box.addEventListener("toggle", () => box.open && fill());
      if (box.open) await fill();
      sections.push(box);
    }
    if (turn !== this.turn) return;
    this.facets.replaceChildren(make("h2", {}, say("facets")), ...sections);
    this.facets.hidden = false;
  }

  narrow(name, value) {
    const filter = `${name}:${name === "kind" || name === "year" || name === "has" ? value : `"${value.replace(/"/g, "")}"`}`;
    this.input.value = `${this.input.value.trim()} ${filter}`;
    this.changed?.(this.input.value, true);
    this.ask();
  }
}

export function fillDialog(dialog) {
  const box = new Box(dialog, dialog.querySelector("form"), { full: false });
  box.form.append(make("button", { type: "button", class: "search-close", "aria-label": words.close ?? "Close", onclick: () => dialog.close() }, "Esc"));
  box.ask();
}

export function showPage(home, form) {
  if (!home.contains(form)) home.replaceChildren(form);
  const query = () => new URLSearchParams(location.search).get("q") ?? "";
  const box = new Box(home, form, {
    full: true,
    changed(text, settled) {
      const address = text ? `?q=${encodeURIComponent(text)}` : location.pathname;
      // Typing replaces one entry of the history; what is settled stays in it.
      if (settled) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
    },
  });
  addEventListener("popstate", () => box.set(query()));
  if (box.input.value) box.typed();
  else box.set(query());
}
