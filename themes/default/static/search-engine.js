// The published site's search: the same words, grammar, postings and arithmetic as kb/search in
// Python, so that the same query has the same hits in the same order. Knows nothing of the page.

// Analysis (kb/search/analysis.py) -----------------------------------------------------------------

const STOP = new Set(("a an and are as at be but by for from how i if in into is it its of on or our so that the " +
  "their then there these this to was we were what when where which who why will with you your").split(" "));
const TABLE = { ł: "l", ø: "o", đ: "d", ß: "ss", æ: "ae", œ: "oe", ı: "i", þ: "th", ð: "d", ħ: "h", ŧ: "t", ŋ: "n", ĸ: "k", ς: "σ", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "•": "*" };
const folds = new Map();
const ascii = (text) => /^[\x00-\x7f]*$/.test(text);

function foldOne(character) {
  let folded = folds.get(character);
  if (folded === undefined) {
    folded = character >= "가" && character <= "힣" ? character
      : [...character.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase()].map((part) => TABLE[part] ?? part).join("");
    folds.set(character, folded);
  }
  return folded;
}

export function fold(text) {
  return ascii(text) ? text.toLowerCase() : [...text.normalize("NFC")].map(foldOne).join("");
}

const CJK = "\\u3041-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const RUN = /[\p{L}\p{N}]+/gu;
const PARTS = new RegExp(`[${CJK}]+|[^${CJK}]+`, "gu");
const IS_CJK = new RegExp(`^[${CJK}]`, "u");
const JOINED = /(?<![\p{L}\p{N}])(?<![\p{L}\p{N}][./&])(?:[a-z][a-z0-9]*(?:\+\+|#)(?!\p{L})|[\p{L}\p{N}]+[./&][\p{L}\p{N}]+(?![./&]?[\p{L}\p{N}])|(?<![./&])\.[a-z]{2,}(?![\p{L}\p{N}]|[./&][\p{L}\p{N}]))/gu;
const cut = (word) => (word.length > 48 ? [...word].slice(0, 48).join("") : word);

// Words of folded text as [text, place, start, end]; a joined form stands right before its first part.
export function words(folded) {
  const joined = [...folded.matchAll(JOINED)];
  const found = [];
  let place = 0;
  for (const run of folded.matchAll(RUN)) {
    let start = run.index;
    const end = start + run[0].length;
    while (joined.length && joined[0].index < end) {
      const form = joined.shift();
      found.push([cut(form[0]), place, form.index, form.index + form[0].length]);
    }
    for (const [part] of run[0].matchAll(PARTS)) {
      const characters = IS_CJK.test(part) ? [...part] : [];
      if (characters.length > 1) {
        for (let at = 0; at + 1 < characters.length; at++) {
          const pair = characters[at] + characters[at + 1];
          found.push([pair, place++, start, start + pair.length]);
          start += characters[at].length;
        }
        start += characters.at(-1).length;
      } else {
        found.push([cut(part), place++, start, start + part.length]);
        start += part.length;
      }
    }
  }
  return found;
}

// Words and their places, without joined forms.
function plain(folded) {
  const found = new Map();
  for (const [word, place] of words(folded)) found.set(place, word);
  return [...found].map(([place, word]) => [word, place]);
}

export const key = (text) => fold(text).split(/\s+/u).filter(Boolean).join(" ");

// Porter's stemmer (kb/search/stemming.py) ---------------------------------------------------------

const C = "[^aeiou][^aeiouy]*", V = "[aeiouy][aeiou]*";
const ONE_UP = new RegExp(`^(${C})?${V}${C}`), TWO_UP = new RegExp(`^(${C})?${V}${C}${V}${C}`);
const ONLY_ONE = new RegExp(`^(${C})?${V}${C}(${V})?$`), VOWEL = new RegExp(`^(${C})?[aeiouy]`);
const SHORT = /^[^aeiou][^aeiouy]*[aeiouy][^aeiouwxy]$/;
const endings = (text) => Object.fromEntries(text.split(" ").map((pair) => pair.split(":")));
const STEP2 = endings("ational:ate tional:tion enci:ence anci:ance izer:ize bli:ble alli:al entli:ent eli:e ousli:ous ization:ize ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble logi:log");
const STEP3 = endings("icate:ic ative: alize:al iciti:ic ical:ic ful: ness:");
const STEPS = [STEP2, STEP3].map((step) => [new RegExp(`^(.+?)(${Object.keys(step).join("|")})$`), step]);

const stems = new Map();

export function stem(word) {
  if (!stems.has(word)) stems.set(word, /^[a-z]{3,}$/.test(word) ? stripped(word) : word);
  return stems.get(word);
}

function stripped(word) {
  const firstY = word[0] === "y";
  if (firstY) word = "Y" + word.slice(1);
  word = word.replace(/^(.+?)(?:(ss|i)es|([^s])s)$/, "$1$2$3");
  let found;
  if (word.endsWith("eed")) {
    if (ONE_UP.test(word.slice(0, -3))) word = word.slice(0, -1);
  } else if ((found = /^(.+?)(ed|ing)$/.exec(word)) && VOWEL.test(found[1])) {
    word = found[1];
    if (/(at|bl|iz)$/.test(word)) word += "e";
    else if (/([^aeiouylsz])\1$/.test(word)) word = word.slice(0, -1);
    else if (SHORT.test(word)) word += "e";
  }
  if (word.endsWith("y") && VOWEL.test(word.slice(0, -1))) word = word.slice(0, -1) + "i";
  for (const [pattern, step] of STEPS) {
    if ((found = pattern.exec(word)) && ONE_UP.test(found[1])) word = found[1] + step[found[2]];
  }
  if ((found = /^(.+?)(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/.exec(word) ?? /^(.+?[st])ion$/.exec(word)) && TWO_UP.test(found[1])) word = found[1];
  if (word.endsWith("e")) {
    const rest = word.slice(0, -1);
    if (TWO_UP.test(rest) || (ONLY_ONE.test(rest) && !SHORT.test(rest))) word = rest;
  }
  if (word.endsWith("ll") && TWO_UP.test(word)) word = word.slice(0, -1);
  return firstY ? word.toLowerCase() : word;
}

// The query language (kb/search/query.py) ----------------------------------------------------------

const FIELDS = endings("speaker:speaker speakers:speaker by:speaker event:event conference:event topic:topic topics:topic tag:tag tags:tag year:year day:day date:date kind:kind type:kind has:has note:note lang:lang language:lang title:title");
const RANGED = ["year", "date", "day"];
const SAID = new Map([["OR", "or"], ["NOT", "minus"], ["AND", "and"]]);
const WORK_LIMIT = 100;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", "#39": "'" };
const SORTS = ["score", "date", "-date", "title"];
const SPACE = /[\x00-\x20\x7f\x85\xa0\u1680\u2000-\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\ud800-\udfff]+/gu;
const TOKEN = /\s*(?:(?<open>\()|(?<close>\))|(?<minus>-(?=[^\s-]))|(?<field>[A-Za-z]+):(?<value>"[^"]*"?|[^\s()"]+)|"(?<phrase>[^"]*)"?|(?<word>[^\s()"]+))/gu;
const bare = (text) => text.replace(/^"+|"+$/g, "").trim();
const own = (object, name) => Object.hasOwn(object, name);

function tokens(text) {
  const found = [];
  const add = (kind, value, field) => found.push({ kind, value, field });
  for (const { groups } of text.matchAll(TOKEN)) {
    const { value, phrase, word } = groups;
    if (value !== undefined) {
      const name = groups.field.toLowerCase();
      if (name === "sort" && SORTS.includes(value.toLowerCase())) add("sort", value.toLowerCase());
      else if (own(FIELDS, name) && bare(value)) add("field", value, FIELDS[name]);
      else if (value[0] === '"') {
        add("word", groups.field);
        add("phrase", bare(value));
      } else add("word", `${groups.field}:${value}`);
    } else if (phrase !== undefined) {
      if (phrase.trim()) add("phrase", phrase.trim());
    } else if (word !== undefined) add(SAID.get(word) ?? "word", word);
    else add(groups.open ? "open" : groups.close ? "close" : "minus");
  }
  return found;
}

export function parse(text) {
  text = [...text].slice(0, 4000).join("").replace(/&(amp|lt|gt|quot|apos|#39);/g, (entity, name) => ENTITIES[name]);
  text = text.replace(SPACE, " ").replace(/[“”„‟«»＂]/g, '"');
  const all = tokens(text);
  let work = 0;
  const list = all.filter(({ kind }) => kind !== "sort" && (work += kind === "word" ? 0 : kind === "phrase" ? 6 : 1) <= WORK_LIMIT);
  let at = 0;

  function sequence(depth) {
    const terms = [];
    let joins = false;
    while (at < list.length) {
      const { kind } = list[at];
      if (kind === "close") {
        at++;
        if (depth) break;
      } else if (kind === "or") {
        joins = terms.length > 0;
        at++;
      } else if (kind === "and") at++;
      else {
        const found = term(depth);
        if (!found) continue;
        if (joins) {
          const last = terms.pop();
          terms.push({ type: "either", terms: [...(last.type === "either" ? last.terms : [last]), found] });
          joins = false;
        } else terms.push(found);
      }
    }
    return terms;
  }

  function term(depth) {
    let negative = false;
    for (; list[at]?.kind === "minus"; at++) negative = true;
    if (at === list.length || ["close", "or", "and"].includes(list[at].kind)) return null;
    const token = list[at++];
    let found = null;
    if (token.kind === "open") {
      if (depth >= 16) return null;
      const inner = sequence(depth + 1);
      found = inner.length === 1 ? inner[0] : inner.length ? { type: "group", terms: inner } : null;
    } else if (token.kind === "phrase") found = { type: "phrase", text: token.value };
    else if (token.kind === "field") found = field(token.field, token.value);
    else {
      const word = token.value.replace(/\*+$/, "");
      if (word) found = word === token.value ? { type: "word", text: word } : { type: "word", text: word, prefix: true };
    }
    return negative && found ? { type: "not", term: found } : found;
  }

  const terms = sequence(0);
  const sorts = all.filter((token) => token.kind === "sort");
  return { terms, sort: sorts.at(-1)?.value ?? "score" };
}

function field(name, text) {
  if (text[0] === '"') return { type: "field", name, value: bare(text), quoted: true };
  const dots = text.indexOf("..");
  if (dots >= 0 && RANGED.includes(name)) return { type: "field", name, low: text.slice(0, dots), high: text.slice(dots + 2) };
  const word = text.replace(/\*+$/, "");
  return word && word !== text ? { type: "field", name, value: word, prefix: true } : { type: "field", name, value: word || text };
}

// Spelling (kb/search/spelling.py) -----------------------------------------------------------------

const reach = (word) => (word.length >= 6 ? 2 : word.length >= 4 ? 1 : 0);

function distance(left, right, limit) {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let before = [], last = Array.from({ length: right.length + 1 }, (_, place) => place);
  for (let row = 1; row <= left.length; row++) {
    const here = [row];
    let least = row;
    for (let column = 1; column <= right.length; column++) {
      let cost = Math.min(last[column] + 1, here[column - 1] + 1, last[column - 1] + (left[row - 1] === right[column - 1] ? 0 : 1));
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) cost = Math.min(cost, before[column - 2] + 1);
      here.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    before = last;
    last = here;
  }
  return last[right.length];
}

const compare = (left, right) => (left < right ? -1 : left > right ? 1 : 0);

// The words of some lists that begin so and are fewest edits away, the commonest first.
function nearest(word, lists, beginning) {
  let least = reach(word), best = [];
  for (const list of lists) {
    for (const [other, count] of list) {
      if (!other.startsWith(beginning)) continue;
      const far = distance(word, other, least);
      if (far < least) {
        best = [[other, count]];
        least = far;
      } else if (far === least) best.push([other, count]);
    }
  }
  return best.sort((left, right) => right[1] - left[1] || compare(left[0], right[0])).map(([other]) => other);
}

// The index (kb/search/browser_index.py) -----------------------------------------------------------

async function fetchBytes(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  const data = new Uint8Array(await response.arrayBuffer());
  // Some hosts say that the files are compressed, and the browser has undone it already.
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const decoder = new TextDecoder();

// Numbers in LEB128, from a place in some bytes on.
class Reader {
  constructor(data, at = 0) {
    this.data = data;
    this.at = at;
  }
  number() {
    let value = 0, scale = 1, byte;
    do {
      byte = this.data[this.at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    return value;
  }
  numbers(count) {
    return Array.from({ length: count }, () => this.number());
  }
  bytes(count) {
    return this.data.subarray(this.at, (this.at += count));
  }
  // Sorted terms, each with its count.
  dictionary() {
    const text = decoder.decode(this.bytes(this.number()));
    const terms = text ? text.split("\n") : [];
    return new Map(terms.map((term) => [term, this.number()]));
  }
}

const LONGEST = 14; // letters of a word: longer ones are listed with these
const LETTERS = "_abcdefghijklmnopqrstuvwxyz";
const SLOTS = 2 ** 21; // a document's number is group * SLOTS + slot; a group is a date and a kind
const WITH_TEXT = [1, 5, 6]; // kinds: notes, sessions, talks
const NAMED = 64; // files that are named together

// In which file of rows the document with this number is (kb/search/numbering.py): those with texts
// are in the first 2 ** bits.
function bucketOf(number, bits) {
  const group = Math.floor(number / SLOTS);
  let mixed = Math.imul(group, 0x9e3779b1) ^ Math.imul(number % SLOTS, 0x85ebca6b);
  mixed = Math.imul((mixed >>> 15) ^ mixed, 0x2c1b3c6d);
  mixed ^= mixed >>> 13;
  return WITH_TEXT.includes(group % 8) ? mixed & (2 ** bits - 1) : 2 ** bits + (mixed & (2 ** Math.max(0, bits - 2) - 1));
}

// What the files of a shard are called that starts so (FNV-1a).
function shardName(start) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(start)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const NOTHING = { count: 0, numbers: [], codes: null, fields: null };
const json = (data) => JSON.parse(decoder.decode(data));
export const LABEL = "\tl"; // ends a tag as it is written, whole
const isWord = (term) => term[0] !== "#" && !term.includes("\t");
const startsBefore = (list, wanted) => {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

export class Index {
  constructor(base) {
    this.base = base;
    this.files = new Map();
  }

  // Read a file once; forget it where it could not be read, so that it is asked for again.
  file(name, make, options) {
    if (!this.files.has(name)) {
      const made = fetchBytes(new URL(name, this.base), options).then(make);
      made.catch(() => this.files.delete(name));
      this.files.set(name, made);
    }
    return this.files.get(name);
  }

  async open() {
    this.entry = await this.file("index.bin", json, { cache: "no-cache" });
    this.size = this.entry.size;
    this.starts = this.entry.starts ? this.entry.starts.split("\n") : [];
  }

  // The file called `name` of a kind; its digest is the one with this number.
  named(kind, name, number, digests, make) {
    return this.file(`${kind}-${name}-${digests.slice(number * 4, number * 4 + 4)}.bin`, make);
  }

  // The same where the digests are in files of their own.
  async numbered(kind, name, number, make) {
    const place = Math.floor(number / NAMED);
    const digests = await this.named("names", kind[0] + place, place, this.entry[kind], (data) => decoder.decode(data));
    return this.named(kind, name, number % NAMED, digests, make);
  }

  shard(number) {
    return this.numbered("terms", shardName(this.starts[number]), number, (data) => {
      const reader = new Reader(data), terms = reader.dictionary();
      for (const [term, count] of terms) {
        let group = 0;
        const groups = reader.numbers(count).map((step) => (group += step));
        const numbers = reader.numbers(count).map((slot, at) => groups[at] * SLOTS + slot);
        const word = isWord(term);
        terms.set(term, { count, numbers, codes: word ? reader.bytes(count) : null, fields: word ? reader.bytes(count) : null });
      }
      return terms;
    });
  }

  // What the shard has of a term.
  async postings(term) {
    const number = startsBefore(this.starts, term);
    return (number >= 0 && (await this.shard(number)).get(term)) || NOTHING;
  }

  async count(term) {
    return (await this.postings(term)).count;
  }

  // Places of a word in each of its documents, in the order of its postings.
  async places(term) {
    const number = startsBefore(this.starts, term);
    const terms = await this.shard(number);
    const found = await this.numbered("places", shardName(this.starts[number]), number, (data) => {
      const reader = new Reader(data), all = new Map();
      for (const [word, { count, codes }] of terms) {
        if (!codes) continue;
        const sizes = reader.bytes(count);
        all.set(word, { sizes, at: reader.at });
        reader.at += sizes.reduce((sum, size) => sum + size, 0);
      }
      return { data, all };
    });
    const { sizes, at } = found.all.get(term);
    const reader = new Reader(found.data, at);
    return Array.from(sizes, (size) => {
      const end = reader.at + size, list = [];
      for (let place = 0; reader.at < end; ) list.push((place += reader.number()));
      return list;
    });
  }

  // Terms that start with `prefix` and their counts: words, or whole names with this mark at their
  // end. Where words are many they are looked up in the list of words, which is smaller.
  async starting(prefix, mark = "") {
    const first = Math.max(0, startsBefore(this.starts, prefix));
    const last = startsBefore(this.starts, prefix + "\u{10ffff}");
    const found = new Map();
    if (last - first > 2 && prefix[0] !== "#" && !mark) {
      for (const list of await this.words(prefix[0], [...prefix].length)) {
        for (const [word, count] of list) if (word.startsWith(prefix)) found.set(word, count);
      }
      return found;
    }
    const shards = [];
    for (let number = first; number <= last; number++) shards.push(this.shard(number));
    for (const terms of await Promise.all(shards)) {
      for (const [term, entry] of terms) if (term.startsWith(prefix) && (mark ? term.endsWith(mark) : prefix[0] === "#" || isWord(term))) found.set(term, entry.count);
    }
    return found;
  }

  // The words of a first letter and of some lengths, with their counts, in several maps.
  async words(letter, shortest = 1, longest = Infinity) {
    const first = Math.max(0, LETTERS.indexOf(letter)) * LONGEST - 1;
    const known = [];
    for (let length = Math.min(shortest, LONGEST); length <= Math.min(longest, LONGEST); length++) {
      const at = first + length;
      if (this.entry.words[at * 4] !== "-") known.push(this.named("words", LETTERS[Math.floor(at / LONGEST)] + length, at, this.entry.words, (data) => new Reader(data).dictionary()));
    }
    return Promise.all(known);
  }

  async family(word) {
    const wanted = stem(word);
    if ([...wanted].length < 2) return []; // It says too little.
    // All words of a stem begin with it but for its last letter (kb/search/stemming.py).
    const known = await this.starting(/.[iel]$/.test(wanted) ? wanted.slice(0, -1) : wanted);
    return [...known.keys()].filter((other) => stem(other) === wanted);
  }

  async near(word, anywhere) {
    const far = reach(word), length = [...word].length;
    if (!far) return [];
    const some = (letter) => this.words(letter, length - far, length + far);
    if (!anywhere) return nearest(word, await some(word[0]), word[0]);
    return nearest(word, (await Promise.all([...LETTERS].map(some))).flat(), "");
  }

  // Values of a field as written, with how many of `found` have each, most first.
  async facet(name, found) {
    const start = `#${name}:`;
    const values = await Promise.all([...(await this.starting(start)).keys()].map(async (term) => {
      const { numbers } = await this.postings(term);
      let count = 0;
      for (const number of numbers) if (found.has(number)) count++;
      return [term.slice(start.length), count];
    }));
    return values.filter(([, count]) => count).sort((left, right) => right[1] - left[1] || compare(left[0], right[0]));
  }

  // What a result shows.
  async row(number) {
    const bucket = bucketOf(number, this.entry.bits);
    const byNumber = (data) => new Map(json(data).map(([first, ...rest]) => [first, rest]));
    const rows = await this.numbered("rows", bucket, bucket, byNumber);
    const [kind, url, title, speakers, event, date, count, page, sessionKind, topics, body] = rows.get(number);
    return { kind, url, title, speakers, event, date, count, page, sessionKind, topics, body };
  }

  async search(text, { limit = 20, offset = 0, kinds = [] } = {}) {
    const query = parse(text);
    const ranked = await new Ranking(this, query).rank(kinds);
    const forms = wanted(ranked);
    const numbers = ranked.documents.slice(offset, offset + limit);
    const rows = await Promise.all(numbers.map((number) => this.row(number)));
    const hits = rows.map((row, at) => ({
      ...row,
      score: ranked.scores.get(numbers[at]) ?? 0,
      near: ranked.units.some((unit) => unit.near),
      titleParts: parts(row.title, marks(row.title, forms)),
      eventParts: parts(row.event, marks(row.event, forms)),
      speakerParts: row.speakers.map((name) => parts(name, marks(name, forms))),
      topicParts: row.topics.map((topic) => parts(topic, marks(topic, forms))),
      excerpt: excerpt(row.body, forms),
    }));
    return { query: text, total: ranked.documents.length, complete: ranked.complete, meant: meant(text, ranked), hits, documents: ranked.documents };
  }
}

// Ranking (kb/search/ranking.py) -------------------------------------------------------------------

const TITLE = 1, SPEAKERS = 2, TOPICS = 4, EVENT = 8, BODY = 16, NAMES = SPEAKERS | TOPICS | EVENT;
const BITS = { speaker: SPEAKERS, event: EVENT, title: TITLE, topic: TOPICS, tag: TOPICS };
const EXACT = 16, FAMILY = 13, BEGINNING = 11, NEAR = 9, DOUBTFUL = 8, ITSELF = 200, FEW_UNITS = 3, ITSELF_OF_FEW = 400;
const UNITS_LIMIT = 64, TIER_UNITS = 8, GUESSES_LIMIT = 4, NEAR_LIMIT = 4, FEW = 3, SATURATION = 153;
const WEIGHTS = Array.from({ length: 256 }, (_, code) => (code ? (8 + ((code - 1) & 7)) * 2 ** ((code - 1) >> 3) : 0));

function logarithm(number) {
  const exponent = Math.floor(Math.log2(number));
  const exact = 2 ** exponent > number ? exponent - 1 : 2 ** (exponent + 1) <= number ? exponent + 1 : exponent;
  return exact * 64 + Math.floor((number * 64) / 2 ** exact) - 64;
}
const rarity = (size, count) => logarithm(Math.floor(((2 * size + 2) * 64) / (2 * count + 1))) - 384 + 16;
const saturated = (weight) => Math.floor((weight * 1024) / (weight + SATURATION));
const beginnings = (length) => (length < 4 ? [0, 0, 6, 24][length] : 64);
const intersect = (left, right) => new Set([...left].filter((one) => right.has(one)));
const union = (sets) => {
  const all = new Set();
  for (const set of sets) for (const one of set) all.add(one);
  return all;
};

function* typed(terms, needed = true) {
  for (const term of terms) {
    if (term.type === "word") yield [term, needed];
    else if (term.type === "either" || term.type === "group") yield* typed(term.terms, false);
  }
}

function* phrases(terms) {
  for (const term of terms) {
    if (term.type === "phrase") yield plain(fold(term.text)).map(([word]) => word);
    else if (term.type === "either" || term.type === "group") yield* phrases(term.terms);
  }
}

const inFields = (place, fields) => {
  const field = place >= 4000 ? BODY : place >= 3000 ? EVENT : place >= 2000 ? TOPICS : place >= 1000 ? SPEAKERS : TITLE;
  return (field & fields) !== 0;
};

class Ranking {
  constructor(index, query) {
    this.index = index;
    this.query = query;
    this.known = new Map();
    this.doubtful = new Map();
  }

  async rank(kinds) {
    const { index, query } = this;
    const units = (this.units = await this.lookUp());
    const scores = new Map(), counts = new Map();
    for (const unit of units) {
      const weights = await this.weights(unit);
      const value = rarity(index.size, weights.size) * Math.min(unit.times, 3);
      const itself = units.length <= FEW_UNITS ? ITSELF_OF_FEW : ITSELF;
      const exact = new Set((await index.postings(unit.text)).numbers);
      for (const [document, weight] of weights) {
        const amount = saturated(weight) + (exact.has(document) ? itself : 0);
        scores.set(document, (scores.get(document) ?? 0) + value * amount);
        if (unit.needed && !this.doubtful.get(unit).has(document)) counts.set(document, (counts.get(document) ?? 0) + 1);
      }
    }
    let found = (await this.allOf(query.terms)) ?? new Set();
    if (kinds.length) found = intersect(found, union(await Promise.all(kinds.map((kind) => this.having(`#kind:${kind}`)))));
    await this.addTopics(scores, found);
    const named = await this.named();
    const needed = units.filter((unit) => unit.needed).length;
    const full = (document) => needed > TIER_UNITS || (counts.get(document) ?? 0) === needed;
    let documents;
    if (query.sort === "date" || query.sort === "-date") {
      documents = [...found].sort((left, right) => (query.sort === "date" ? right - left : left - right));
    } else {
      const orders = [...found].map((document) => [named.has(document), full(document), scores.get(document) ?? 0, document]);
      orders.sort((left, right) => right[0] - left[0] || right[1] - left[1] || right[2] - left[2] || right[3] - left[3]);
      documents = orders.map((order) => order[3]);
    }
    const complete = documents.filter((document) => (counts.get(document) ?? 0) === needed).length;
    return { documents, scores, complete, units, phrases: [...phrases(query.terms)] };
  }

  async lookUp() {
    const { terms } = this.query;
    let asked = [];
    for (const [word, needed] of typed(terms)) {
      const parts = await this.parts(word.text);
      for (const part of parts) {
        const openEnd = part === parts.at(-1) && Boolean(word.prefix || word === terms.at(-1));
        const before = asked.find((one) => one.part === part && one.openEnd === openEnd);
        if (before) {
          before.times++;
          before.needed ||= needed;
        } else asked.push({ part, openEnd, times: 1, needed });
      }
    }
    if (asked.some(({ part }) => !STOP.has(part)) || terms.some((term) => term.type !== "word")) asked = asked.filter(({ part }) => !STOP.has(part));
    const units = await Promise.all(asked.slice(0, UNITS_LIMIT).map(async ({ part, openEnd, times, needed }) => (
      { text: part, forms: await this.forms(part, openEnd, true), times, needed, near: false }
    )));
    // With another first letter only where nothing else can be found: it means reading all words.
    const unknown = units.filter((unit) => !unit.forms.size).slice(0, GUESSES_LIMIT);
    return Promise.all(units.map((unit) => (unknown.includes(unit) ? this.guessed(unit, units.length === 1) : unit)));
  }

  async guessed(unit, anywhere) {
    let near = await this.index.near(unit.text, false);
    if (!near.length && anywhere) near = await this.index.near(unit.text, true);
    return { ...unit, forms: new Map(near.slice(0, NEAR_LIMIT).map((word) => [word, NEAR])), near: true };
  }

  async parts(text) {
    const folded = fold(text);
    const list = plain(folded).map(([word]) => word);
    const joined = words(folded).map(([word]) => word).filter((word) => !list.includes(word));
    if (joined.length === 1 && (await this.index.count(joined[0]))) {
      const covered = plain(joined[0]).map(([word]) => word);
      return [joined[0], ...list.filter((word) => !covered.includes(word))];
    }
    return list;
  }

  async forms(word, openEnd, guess) {
    const forms = new Map();
    if (await this.index.count(word)) forms.set(word, EXACT);
    let sum = 0;
    if (openEnd) {
      for (const [longer, count] of await this.longer(word)) {
        if (!forms.has(longer)) forms.set(longer, BEGINNING);
        sum += count;
      }
    }
    if (forms.has(word) && forms.get(word) === EXACT || !forms.size) {
      for (const other of await this.index.family(word)) if (other !== word) forms.set(other, FAMILY);
    } else if (guess && sum < FEW) {
      for (const other of (await this.index.near(word, false)).slice(0, NEAR_LIMIT)) if (!forms.has(other)) forms.set(other, DOUBTFUL);
    }
    return forms;
  }

  async longer(prefix) {
    const most = beginnings([...prefix].length);
    if (!most) return [];
    const known = await this.index.starting(prefix);
    return [...known].sort((left, right) => right[1] - left[1] || compare(left[0], right[0])).slice(0, most);
  }

  async weights(unit) {
    if (this.known.has(unit)) return this.known.get(unit);
    const weights = new Map(), unsure = new Map();
    await Promise.all([...unit.forms.keys()].map((form) => this.index.postings(form)));
    for (const [form, worth] of unit.forms) {
      const { numbers, codes, fields } = await this.index.postings(form);
      const into = worth === DOUBTFUL ? unsure : weights;
      for (let at = 0; at < numbers.length; at++) {
        // Another form of a name is another name.
        if (worth === FAMILY && !(fields[at] & ~NAMES)) continue;
        const weight = Math.floor(((codes ? WEIGHTS[codes[at]] : 0) * worth) / 16);
        into.set(numbers[at], (into.get(numbers[at]) ?? 0) + weight);
      }
    }
    const doubtful = new Set([...unsure.keys()].filter((document) => !weights.has(document)));
    for (const document of doubtful) weights.set(document, unsure.get(document));
    this.doubtful.set(unit, doubtful);
    this.known.set(unit, weights);
    return weights;
  }

  async addTopics(scores, found) {
    const pieces = this.query.terms.filter((term) => term.type === "word").map((term) => key(term.text)).slice(0, TIER_UNITS);
    for (let first = 0; first < pieces.length; first++) {
      for (let last = first + 1; last <= pieces.length; last++) {
        for (const mark of ["\tt", LABEL]) {
          const { numbers } = await this.index.postings(pieces.slice(first, last).join(" ") + mark);
          const value = rarity(this.index.size, numbers.length) * 1024;
          for (const document of numbers) if (found.has(document)) scores.set(document, (scores.get(document) ?? 0) + value);
        }
      }
    }
  }

  async named() {
    const { terms } = this.query;
    if (!terms.every((term) => term.type === "word" || term.type === "phrase")) return new Set();
    return this.having(terms.map((term) => key(term.text)).join(" ") + "\tn");
  }

  async allOf(terms) {
    let found = null;
    const excluded = [], loose = [];
    for (const term of terms) {
      if (term.type === "word") loose.push(...(await this.parts(term.text)));
      else if (term.type === "not") excluded.push(await this.oneOf(term.term));
      else {
        const these = await this.oneOf(term);
        found = found ? intersect(found, these) : these;
      }
    }
    const counted = this.units.filter((unit) => loose.includes(unit.text));
    if (counted.length) {
      const anywhere = union((await Promise.all(counted.map((unit) => this.weights(unit)))).map((weights) => weights.keys()));
      found = found ? intersect(found, anywhere) : anywhere;
    } else if (loose.length && !found) found = new Set();
    if (excluded.length) {
      const out = union(excluded);
      found = new Set([...(found ?? (await this.everything()))].filter((one) => !out.has(one)));
    }
    return found;
  }

  async oneOf(term) {
    if (term.type === "word") return this.word(term);
    if (term.type === "phrase") return this.phrase(term.text);
    if (term.type === "field") return this.field(term);
    if (term.type === "either") return union(await Promise.all(term.terms.map((inner) => this.oneOf(inner))));
    if (term.type === "not") {
      const out = await this.oneOf(term.term);
      return new Set([...(await this.everything())].filter((one) => !out.has(one)));
    }
    return (await this.allOf(term.terms)) ?? this.everything();
  }

  async word(term) {
    let found = null;
    for (const part of await this.parts(term.text)) {
      let asked = this.units.filter((unit) => unit.text === part);
      if (!asked.length) asked = [{ text: part, forms: await this.forms(part, Boolean(term.prefix), false) }];
      const set = union((await Promise.all(asked.map((unit) => this.weights(unit)))).map((weights) => weights.keys()));
      found = found ? intersect(found, set) : set;
    }
    return found ?? new Set();
  }

  async everything() {
    return this.each((await this.index.starting("#kind:")).keys());
  }

  async having(term) {
    return new Set((await this.index.postings(term)).numbers);
  }

  async phrase(text) {
    const whole = await this.index.count(`${key(text)}\tn`);
    const found = await this.sideBySide(text, TITLE | BODY | (whole ? NAMES : 0));
    return found.size ? found : this.sideBySide(text, TITLE | BODY | NAMES);
  }

  async sideBySide(text, fields, openEnd) {
    const asked = plain(fold(text));
    if (!asked.length) return new Set();
    const counted = await Promise.all(asked.map(async ([word, offset]) => ({ word, offset, count: await this.index.count(word) })));
    counted.sort((left, right) => left.count - right.count || compare(left.word, right.word) || left.offset - right.offset);
    let starts = null;
    for (const { word, offset } of counted) {
      const spelled = new Set([word]);
      if (openEnd && offset === asked.at(-1)[1]) for (const [longer] of await this.longer(word)) spelled.add(longer);
      const here = new Map();
      for (const form of [...spelled].sort(compare)) {
        const postings = await this.index.postings(form);
        if (!postings.codes) continue;
        const places = await this.index.places(form);
        for (let at = 0; at < postings.numbers.length; at++) {
          const document = postings.numbers[at];
          if (!(postings.fields[at] & fields) || (starts && !starts.has(document))) continue;
          let begins = places[at].filter((place) => inFields(place, fields)).map((place) => place - offset);
          if (starts) begins = begins.filter((place) => starts.get(document).has(place));
          if (begins.length) here.set(document, new Set([...(here.get(document) ?? []), ...begins]));
        }
      }
      starts = here;
    }
    return new Set(starts.keys());
  }

  async field(term) {
    const { name } = term;
    if (term.low !== undefined) return this.range(term);
    const value = key(term.value);
    if (["year", "date", "day", "lang", "kind", "has"].includes(name)) {
      const wanted = `#${name}:${name === "has" ? value.replace(/s$/, "") : value}`;
      return name === "date" || term.prefix ? this.each([...(await this.index.starting(wanted)).keys()]) : this.having(wanted);
    }
    if (name === "note") {
      const sets = await Promise.all(plain(fold(term.value)).map(([word]) => this.having(`#note:${word}`)));
      return sets.length ? sets.reduce(intersect) : new Set();
    }
    if (name === "tag") {
      // As it is written; where nothing is labelled so, a topic is meant.
      const labelled = term.prefix ? await this.each((await this.index.starting(value, LABEL)).keys()) : await this.having(value + LABEL);
      if (labelled.size) return labelled;
    }
    if ((name === "topic" || name === "tag") && !term.prefix) {
      const whole = await this.having(`${value}\tt`);
      if (whole.size || term.quoted) return whole;
    }
    return this.sideBySide(term.value, BITS[name], term.prefix);
  }

  async range(term) {
    const start = `#${term.name}:`, low = key(term.low), high = key(term.high);
    const known = [...(await this.index.starting(start)).keys()];
    return this.each(known.filter((found) => {
      const value = found.slice(start.length);
      return low <= value && (!high || value.slice(0, high.length) <= high);
    }));
  }

  async each(terms) {
    return union(await Promise.all([...terms].map((term) => this.having(term))));
  }
}

// Excerpts (kb/search/excerpts.py) -----------------------------------------------------------------

const LENGTH = 190, LEAD = 40, ENOUGH = 40, READ_LIMIT = 60000;

function wanted({ units, phrases: said }) {
  const found = new Map();
  const add = (word, number) => found.has(word) || found.set(word, number);
  units.forEach((unit, number) => [...unit.forms.keys(), unit.text].forEach((word) => add(word, number)));
  said.forEach((phrase, number) => phrase.forEach((word) => add(word, units.length + number)));
  return found;
}

function marks(text, forms) {
  let folded = "";
  const places = [];
  let place = 0;
  for (const character of text) {
    const piece = foldOne(character);
    for (let at = 0; at < piece.length; at++) places.push([place, place + character.length]);
    folded += piece;
    place += character.length;
  }
  const found = [];
  for (const [word, , first, last] of words(folded)) {
    const unit = forms.get(word);
    if (unit === undefined) continue;
    let start = places[first][0];
    const end = places[last - 1][1];
    if (found.length && start < found.at(-1)[1]) start = found.at(-1)[1];
    if (start < end) found.push([start, end, unit]);
  }
  return found;
}

// Text as pieces, every second of them marked.
function parts(text, found) {
  const pieces = [];
  let done = 0;
  for (const [start, end] of found) {
    pieces.push(text.slice(done, start), text.slice(start, end));
    done = end;
  }
  return [...pieces, text.slice(done)];
}

function excerpt(blocks, forms) {
  let best = [0, 0, "", []], first = "", left = READ_LIMIT;
  for (const block of blocks) {
    if (left <= 0) break;
    const text = block.slice(0, left);
    left -= text.length;
    if (!first || (first.length < ENOUGH && text.length >= ENOUGH)) first = text;
    const found = marks(text, forms);
    found.forEach(([start], place) => {
      const inside = found.slice(place, place + 40).filter(([begin]) => begin - start < LENGTH - LEAD);
      const score = 100 * new Set(inside.map(([, , unit]) => unit)).size + Math.min(inside.length, 99);
      if (score > best[0]) best = [score, start, text, found];
    });
  }
  return best[0] ? cutOut(best[2], best[1], best[3]) : cutOut(first, 0, []);
}

function cutOut(text, start, found) {
  let first = Math.max(0, start - LEAD);
  if (first) {
    const space = text.indexOf(" ", first);
    if (space >= 0 && space < start) first = space + 1;
  }
  let last = Math.min(text.length, first + LENGTH);
  if (last < text.length) {
    const space = text.lastIndexOf(" ", last - 1);
    if (space > Math.max(first, start) && space > first + (LENGTH >> 1)) last = space;
  }
  const inside = found.filter(([begin]) => begin >= first && begin < last).map(([begin, end]) => [begin - first, Math.min(end, last) - first]);
  const pieces = parts(text.slice(first, last), inside);
  if (first) pieces[0] = "… " + pieces[0];
  if (last < text.length) pieces[pieces.length - 1] += " …";
  return pieces;
}

function meant(text, { units }) {
  const wrong = new Map(units.filter((unit) => unit.near && unit.forms.size).map((unit) => [unit.text, unit.forms.keys().next().value]));
  if (!wrong.size) return "";
  const pieces = text.split(/\s+/).filter(Boolean);
  const right = pieces.map((piece) => wrong.get(fold(piece)) ?? piece).join(" ");
  return right === pieces.join(" ") ? "" : right;
}
