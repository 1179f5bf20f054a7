// Runs the published site's search engine on files: `node engine.mjs ENGINE FOLDER < requests`.
// A request is a line of JSON: {"call": "words" | "parse" | "stem" | "search", ...}; so is an answer.
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [, , engine, folder] = process.argv;
globalThis.fetch = async (url) => {
  try {
    return new Response(fs.readFileSync(new URL(url)));
  } catch {
    return new Response("", { status: 404 });
  }
};
const { Index, fold, parse, stem, words } = await import(pathToFileURL(engine));
const index = new Index(pathToFileURL(`${folder}/search/`));
if (folder) await index.open();
const calls = {
  words: ({ text }) => [fold(text), words(fold(text)).map(([word, place]) => [word, place])],
  parse: ({ text }) => parse(text),
  stem: ({ text }) => stem(text),
  search: async ({ text, kinds, limit }) => {
    const { total, complete, meant, hits } = await index.search(text, { kinds, limit });
    return { total, complete, meant, hits: hits.map(({ kind, url, score, titleParts, excerpt }) => [kind, url, score, titleParts, excerpt]) };
  },
};
for (const line of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(await calls[request.call](request)));
}
