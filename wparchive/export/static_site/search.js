// The search of a static site. Words are read from search/NNN.js, titles from search/posts-N.js.
// A page that was opened from a folder may not read files, but it may load scripts.
"use strict";
(() => {
  const SHOWN = 50;
  const loaded = new Map();
  const shards = new Map();
  const titles = new Map();
  let about = null;
  let spaceless = null;

  window.wparchive = {
    about(values) { about = values; },
    words(number, words) { shards.set(number, words); },
    titles(number, posts) { titles.set(number, posts); },
  };

  function load(name) {
    if (!loaded.has(name)) {
      loaded.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `search/${name}.js`;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`search/${name}.js cannot be loaded`));
        document.head.append(script);
      }));
    }
    return loaded.get(name);
  }

  // As `tokens` in wparchive/text/search_tokens.py cuts the texts.
  function tokens(text) {
    const marks = /[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]+/gu;
    const accentable = /[\u00c0-\u024f\u0300-\u06ff\u1e00-\u1fff]/u;
    let folded = text.normalize("NFKC").toLowerCase().replace(/ß/gu, "ss").replace(/ς/gu, "σ");
    if (accentable.test(folded)) folded = folded.normalize("NFKD").replace(marks, "").normalize("NFKC");
    folded = folded.replace(/[\u30a1-\u30f6\u30fd\u30fe]/gu,
      (sign) => String.fromCharCode(sign.charCodeAt(0) - 0x60));
    const found = [];
    for (const run of folded.match(/[\p{L}\p{M}\p{N}]+/gu) || []) {
      for (const piece of run.match(spaceless)) {
        const signs = [...piece];
        if (!isSpaceless(signs[0])) found.push(signs.slice(0, about.longest).join(""));
        else if (signs.length === 1) found.push(piece);
        else for (let at = 1; at < signs.length; at += 1) found.push(signs[at - 1] + signs[at]);
      }
    }
    return found;
  }

  function isSpaceless(sign) {
    const code = sign.codePointAt(0);
    return about.spaceless.some(([first, last]) => first <= code && code <= last);
  }

  function prepare() {
    const hex = (code) => `\\u{${code.toString(16)}}`;
    const inside = about.spaceless.map(([first, last]) => `${hex(first)}-${hex(last)}`).join("");
    spaceless = new RegExp(`[${inside}][${inside}\\p{M}]*|[^${inside}]+`, "gu");
  }

  function shardOf(word) {
    const signs = [...word];
    const second = signs.length > 1 ? signs[1].codePointAt(0) : 0;
    return (signs[0].codePointAt(0) * 31 + second) % about.shards;
  }

  function postsOf(words, word, asPrefix) {
    const found = new Set();
    const add = (differences) => {
      let post = 0;
      for (const difference of differences) {
        post += difference;
        found.add(post);
      }
    };
    if (Object.hasOwn(words, word)) add(words[word]);
    if (asPrefix) for (const other of Object.keys(words)) if (other.startsWith(word)) add(words[other]);
    return found;
  }

  async function search(text) {
    await load("about");
    prepare();
    const words = [...new Set(tokens(text))];
    let found = null;
    for (const [at, word] of words.entries()) {
      const number = shardOf(word);
      await load(String(number).padStart(3, "0"));
      // The last word may not be written to its end yet.
      const asPrefix = at === words.length - 1 && [...word].length > 2 && !isSpaceless(word);
      const posts = postsOf(shards.get(number), word, asPrefix);
      found = found === null ? posts : new Set([...found].filter((post) => posts.has(post)));
    }
    return found === null ? [] : [...found];
  }

  async function line(post) {
    const script = Math.floor(post / about.postsAScript);
    await load(`posts-${script}`);
    const [path, title, at, snippet] = titles.get(script)[post % about.postsAScript];
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = path.split("/").map(encodeURIComponent).join("/");
    link.textContent = title;
    const day = document.createElement("span");
    day.className = "facts";
    day.textContent = ` ${at}`;
    const words = document.createElement("p");
    words.textContent = snippet;
    item.append(link, day, words);
    return item;
  }

  async function show(text) {
    const status = document.querySelector("[role=status]");
    const list = document.querySelector(".hits");
    const more = document.querySelector(".more");
    list.replaceChildren();
    more.hidden = true;
    let posts;
    try {
      posts = await search(text);
    } catch (error) {
      status.textContent = `The search does not work: ${error.message}`;
      return;
    }
    const noun = posts.length === 1 ? "post" : "posts";
    status.textContent = `${posts.length} ${noun} with all of these words`;
    let shown = 0;
    const next = async () => {
      const some = posts.slice(shown, shown + SHOWN);
      shown += some.length;
      for (const post of some) list.append(await line(post));
      more.hidden = shown >= posts.length;
    };
    more.onclick = next;
    await next();
  }

  const field = document.querySelector("input[name=q]");
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    field.value = asked;
    show(asked);
  }
  document.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    show(field.value);
  });
})();
