// Runs before anything of the page's own, and notes what the server sent before scripts change it:
// what they added stays when the page is patched, and what they took away stays away.

(() => {
  const attributes = new WeakMap();
  let nodes = [];

  function note(node, fresh) {
    attributes.set(node, new Map([...fresh.attributes].map(({name, value}) => [name, value])));
  }

  function noteAll(root) {
    for (const node of [root, ...root.querySelectorAll("*")]) {
      note(node, node);
      nodes.push(node);
    }
  }

  // Returns the elements that scripts have taken away, as they were.
  function taken() {
    return new Set(nodes.filter((node) => !node.isConnected).map((node) => node.outerHTML));
  }

  // Forgets the elements that the patch has taken away; `before` are those that scripts had.
  function settle(before) {
    nodes = nodes.filter((node) => node.isConnected || before.has(node.outerHTML));
  }

  // The parser is done, and no deferred script has run yet.
  document.addEventListener("readystatechange", () => noteAll(document.documentElement), {once: true});
  Object.defineProperty(window, "kbServed", {value: Object.freeze({attributes, note, noteAll, taken, settle})});
})();
