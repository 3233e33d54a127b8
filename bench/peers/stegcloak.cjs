// One StegCloak job a line: {op: "hide", message, cover} or {op: "reveal", text} -> {text} or {error}.
// Run with NODE_PATH naming the folder that holds the package.
const StegCloak = require("stegcloak");
const cloak = new StegCloak(true, true); // encryption, and an HMAC so that a damaged mark is noticed
const password = "side by side";

const lines = require("node:readline").createInterface({ input: process.stdin });
lines.on("close", () => process.exit(0)); // the package leaves a handle open
lines.on("line", (line) => {
  const job = JSON.parse(line);
  let answer;
  try {
    const text = job.op === "hide" ? cloak.hide(job.message, password, job.cover) : cloak.reveal(job.text, password);
    answer = { text };
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
