// Copies the pinned front-end files out of node_modules into static/, with hashes and licences.
// Run `npm ci && npm run vendor` after changing a version in package.json or a name in tools/icons.txt.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const target = join(root, "static", "vendor");
const inter = "@fontsource-variable/inter";

const copies = [
  ["@tabler/core", "dist/css/tabler.min.css", "tabler.min.css"],
  ["@tabler/core", "dist/js/tabler.min.js", "tabler.min.js"],
  ["htmx.org", "dist/htmx.min.js", "htmx.min.js"],
  ["tom-select", "dist/js/tom-select.base.min.js", "tom-select.base.min.js"],
  [inter, "files/inter-latin-wght-normal.woff2", "inter-latin.woff2"],
  [inter, "files/inter-latin-ext-wght-normal.woff2", "inter-latin-ext.woff2"],
  [inter, "files/inter-cyrillic-wght-normal.woff2", "inter-cyrillic.woff2"],
];
const licences = {
  // the package of Tabler's styles carries no licence file: the icons of the same authors hold the
  // text, the banner of the style sheet names the owners
  "@tabler/core": ["MIT", "@tabler/icons/LICENSE"],
  "@tabler/icons": ["MIT", "@tabler/icons/LICENSE"],
  "htmx.org": ["0BSD", "htmx.org/LICENSE"],
  "tom-select": ["Apache-2.0", "tom-select/LICENSE"],
  [inter]: ["OFL-1.1", `${inter}/LICENSE`],
};

const manifest = [];

function version(name) {
  return JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
}

function store(file, name, source, content) {
  const path = join(root, "static", file);
  writeFileSync(path, content);
  const sha256 = createHash("sha256").update(content).digest("hex");
  manifest.push({ file, package: name, version: version(name), source, licence: licences[name][0], sha256 });
}

function withoutSourceMap(text) {
  return text.replace(/\n?(\/\/# sourceMappingURL=\S+|\/\*# sourceMappingURL=[^*]*\*\/)\s*$/, "\n");
}

function withOwners(text) {
  const css = readFileSync(join(modules, "@tabler/core/dist/css/tabler.min.css"), "utf8");
  const owners = css.match(/Copyright 20.+/g).slice(0, 2);
  const parts = ["Contains Bootstrap, Copyright 2011-2026 The Bootstrap Authors (MIT),", "and Popper, Copyright 2019 Federico Zivolo (MIT)."];
  return text.replace(/Copyright .+/, [...owners, ...parts].join("\n"));
}

function sprite() {
  const names = readFileSync(join(root, "tools", "icons.txt"), "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const body = svg
      .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
      .replace("</svg>", "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
      .replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, "licences"), { recursive: true });
for (const [name, source, file] of copies) {
  const content = readFileSync(join(modules, name, source));
  const text = /\.(css|js)$/.test(file);
  store(`vendor/${file}`, name, source, text ? withoutSourceMap(content.toString("utf8")) : content);
}
// the hryvnia sign lies in a 26 kB file of rare Cyrillic letters; cut out alone it takes 1.4 kB
const rare = "files/inter-cyrillic-ext-wght-normal.woff2";
const hryvnia = await subsetFont(readFileSync(join(modules, inter, rare)), "₴", { targetFormat: "woff2" });
store("vendor/inter-hryvnia.woff2", inter, `${rare} (₴ only)`, hryvnia);
store("icons.svg", "@tabler/icons", "icons/outline (names in tools/icons.txt)", sprite());

for (const [name, [, path]] of Object.entries(licences)) {
  const file = `${name.replace("@", "").replace("/", "-")}.txt`;
  const text = readFileSync(join(modules, path), "utf8");
  writeFileSync(join(target, "licences", file), name === "@tabler/core" ? withOwners(text) : text);
}
writeFileSync(join(target, "MANIFEST.json"), `${JSON.stringify(manifest, null, 2)}\n`);
