// Text of a PDF as pdf.js (Firefox's viewer) gives it: node pdfjs.mjs FILE > TEXT
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { readFileSync } from "node:fs";

const data = new Uint8Array(readFileSync(process.argv[2]));
const pdf = await getDocument({ data, verbosity: 0 }).promise;
for (let n = 1; n <= pdf.numPages; n++) {
  const content = await (await pdf.getPage(n)).getTextContent();
  process.stdout.write(content.items.map((i) => i.str + (i.hasEOL ? "\n" : "")).join("") + "\n");
}
