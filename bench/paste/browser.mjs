// Copies the probe out of a browser and pastes it back, and measures each candidate as drawn.
// Reads {browser: chromium|firefox, executable, candidates, paragraphs, fonts, pdf_fonts, folder,
// pdf_dir} as JSON from standard input and writes {readings: {path: text}, wrap, widths} as JSON
// to standard output. Nothing is judged here.
import puppeteer from "puppeteer-core";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const job = JSON.parse(readFileSync(0, "utf8"));
const escape = (s) => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const page_of = (body, style = "") =>
  `<!doctype html><meta charset="utf-8"><style>body{font:12pt "Liberation Serif"}${style}</style>` +
  `<body>${body}</body>`;
const text = job.paragraphs.join("\n\n");
// Each source ends in its own name, so that a copy that failed cannot pass off the one before it.
const tag = (name) => `Source: ${job.browser} ${name}.`;
const as_paragraphs = (list) => list.map((p) => `<p>${escape(p)}</p>`).join("\n");
const as_text = (name) => `${text}\n\n${tag(name)}`;

const sources = {
  "html p": page_of(as_paragraphs([...job.paragraphs, tag("html p")])),
  "html p justified": page_of(
    as_paragraphs([...job.paragraphs, tag("html p justified")]),
    "p{text-align:justify;width:30em}",
  ),
  "html pre-wrap": page_of(`<div style="white-space:pre-wrap">${escape(as_text("html pre-wrap"))}</div>`),
};
const targets = {
  textarea: `<textarea id="t" style="width:90%;height:80%"></textarea>`,
  contenteditable: `<div id="t" contenteditable style="min-height:5em"></div>`,
};

const browser = await puppeteer.launch({
  browser: job.browser === "firefox" ? "firefox" : "chrome",
  executablePath: job.executable,
  args: job.browser === "firefox" ? [] : ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage();
await page.bringToFront();
const show = async (body, ext = "html") => {
  const path = join(job.folder, `page.${ext}`);
  writeFileSync(path, body);
  await page.goto(`file://${path}`);
};
const press = async (...keys) => {
  for (const key of keys.slice(0, -1)) await page.keyboard.down(key);
  await page.keyboard.press(keys.at(-1));
  for (const key of keys.slice(0, -1).reverse()) await page.keyboard.up(key);
};

const readings = {};
const copy_and_paste = async (name) => {
  await press("Control", "a");
  readings[`${name} > getSelection`] = await page.evaluate(() => getSelection().toString());
  await press("Control", "c");
  for (const [target, body] of Object.entries(targets)) {
    for (const [how, keys] of [["paste", ["v"]], ["paste plain", ["Shift", "V"]]]) {
      await show(page_of(body));
      await page.focus("#t");
      await press("Control", ...keys);
      await new Promise((done) => setTimeout(done, 200));
      readings[`${name} > ${how} in ${target}`] = await page.evaluate(() => {
        const t = document.getElementById("t");
        return t.value ?? t.innerText;
      });
      if (!readings[`${name} > ${how} in ${target}`].includes(tag(name)))
        throw new Error(`${job.browser}: nothing was pasted for ${name} > ${how} in ${target}`);
    }
  }
};
for (const [name, body] of Object.entries(sources)) {
  await show(body);
  await copy_and_paste(name);
}
await show(as_text("txt file"), "txt");
await copy_and_paste("txt file");

// Drawn width in each font (with the browser's own fallback), and where lines may break.
await show(page_of(`<div id="d" style="position:absolute;white-space:pre"></div>`));
const widths = {};
for (const font of job.fonts) {
  widths[font] = await page.evaluate(
    (font, list) => {
      const d = document.getElementById("d");
      d.style.font = `100px "${font}"`;
      const width = (s) => ((d.textContent = s), d.getBoundingClientRect().width);
      const base = width("nn");
      return Object.fromEntries(list.map((c) => [c, (width(`n${c}n`) - base) / 100]));
    },
    font,
    job.candidates,
  );
}
const wrap = await page.evaluate((list) => {
  const d = document.getElementById("d");
  d.style.cssText = 'position:absolute;font:20px/20px "Liberation Serif";white-space:normal';
  const lines = (s, width) => {
    d.style.width = width;
    d.textContent = s;
    return Math.round(d.getBoundingClientRect().height / 20);
  };
  const natural = (s) => {
    d.style.width = "max-content";
    d.textContent = s;
    return d.getBoundingClientRect().width;
  };
  const out = {};
  const plain_of = (c) =>
    "'\u2019\u02bc\u2018".includes(c) ? "'" : '"\u201c\u201d'.includes(c) ? '"'
      : "-\u2010\u2011\u2212\u2013".includes(c) ? "-" : " ";
  for (const c of list) {
    const breaks = lines(`mmmm${c}mmmm`, "1px") === 2;
    // Does the space hang past the margin, as U+0020 does, or push its word to the next line?
    const room = natural("mmmm mmmm") + 0.5;
    const hangs = breaks && lines(`mmmm mmmm${c}mmmmmmmm`, `${room}px`) === 2;
    d.style.textAlign = "justify";
    d.style.width = "300px";
    d.innerHTML = "";
    const span = document.createElement("span");
    span.textContent = c;
    d.append("mmm mmm ", "mm", span, "mm mmm mmmmmmmmmmmmmmmmmmmmmm");
    const justified = span.getBoundingClientRect().width;
    d.style.textAlign = "left";
    const ragged = span.getBoundingClientRect().width;
    d.textContent = `oak${c}elm`;
    const found = (typed) => (getSelection().removeAllRanges(), window.find(typed));
    out[c] = { breaks, hangs, stretches: justified > ragged + 0.5,
      found: found(`oak${plain_of(c)}elm`) };
  }
  return out;
}, job.candidates);

for (const font of job.pdf_fonts) {
  await show(page_of(as_paragraphs(job.paragraphs), `body{font-family:"${font}"}`));
  await page.pdf({ path: `${job.pdf_dir}/${job.browser}-${font.replaceAll(" ", "")}.pdf`, format: "A4" });
}
await browser.close();
process.stdout.write(JSON.stringify({ readings, wrap, widths }));
