// Compiles lantoa.scss into static/lantoa.css. `npm ci && npm run build`; the result is committed.
//
// GOV.UK Frontend writes each colour as var(--govuk-NAME-colour, #fallback) or as a fixed colour.
// The first kind is renamed to our own names (which change with the theme, without a fallback);
// the second kind stops the build: it would stay light in the dark theme.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as sass from "sass";

const OURS = {
  brand: "brand",
  text: "ink",
  "inverse-text": "on-button",
  "template-background": "ground",
  "body-background": "paper",
  "print-text": "ink",
  "secondary-text": "quiet",
  focus: "focus",
  "focus-text": "on-focus",
  error: "accent-text",
  success: "ok-text",
  border: "line",
  "input-border": "control",
  hover: "second-hover",
  link: "link",
  "link-visited": "visited",
  "link-hover": "link-hover",
  "link-active": "ink",
  "surface-background": "ground",
  "surface-text": "ink",
  "surface-border": "line",
};

// Colours that GOV.UK Frontend fixes in a rule, and ours in their place.
const FIXED = [
  [".govuk-input__prefix", "#f3f3f3", "var(--second)"],
  [".govuk-error-summary__list a:hover", "#651b1b", "var(--ink)"],
  [".govuk-pagination__", "#f3f3f3", "var(--second)"],
  [".govuk-select{", "#fff", "var(--paper)"],
  [".govuk-summary-card__title-wrapper", "#f3f3f3", "var(--ground)"],
  [".govuk-task-list__item--with-link:hover", "#f3f3f3", "var(--ground)"],
];

const compiled = sass.compile("lantoa.scss", {
  loadPaths: ["node_modules"],
  style: "compressed",
  quietDeps: true,
});

let css = compiled.css.replace(/^\uFEFF/, "").replace(/@charset "UTF-8";/, "");
css = css.replace(/var\(--govuk-([a-z-]+)-colour,\s*#[0-9a-f]+\)/g, (whole, name) => {
  if (!OURS[name]) throw new Error(`no token of ours for GOV.UK's ${name}`);
  return `var(--${OURS[name]})`;
});
css = css.replace(/:root\{(--govuk-[^}]*)\}/g, "");

css = css.replace(/\.govuk-tag[^{}]*\{[^}]*\}/g, ""); // our tag has a shape and a word
for (const [start, colour, token] of FIXED) {
  let found = false;
  css = css.replace(/[^{}]*\{[^{}]*\}/g, (rule) => {
    if (!rule.startsWith(start) || !rule.includes(colour)) return rule;
    found = true;
    return rule.replace(colour, token);
  });
  if (!found) throw new Error(`GOV.UK Frontend no longer fixes ${colour} in ${start}`);
}

// Only the theme blocks may name a colour.
const rest = css.replace(/--[a-z0-9-]+:\s*#[0-9a-f]{3,8}/gi, "");
const fixed = rest.match(/[^{}]*\{[^{}]*#[0-9a-f]{3,8}\b[^{}]*\}/gi) ?? [];
if (fixed.length) {
  throw new Error(`fixed colours outside the tokens:\n${fixed.slice(0, 20).join("\n")}`);
}

css = `/*! Contains GOV.UK Frontend, MIT License, Crown Copyright: licences/govuk-frontend.txt */\n${css.trim()}`;

mkdirSync("../static/js", { recursive: true });
writeFileSync("../static/lantoa.css", css.trim() + "\n");
copyFileSync("node_modules/htmx.org/dist/htmx.min.js", "../static/js/htmx.min.js");
mkdirSync("../static/licences", { recursive: true });
copyFileSync("node_modules/htmx.org/LICENSE", "../static/licences/htmx.txt");
copyFileSync("licences/govuk-frontend.txt", "../static/licences/govuk-frontend.txt");
console.log(`static/lantoa.css ${css.length} bytes, ${gzipSync(css, { level: 9 }).length} gzip`);
