// Opens the page in Debian's Chromium, plays what it is told, and prints what happened as JSON.
//
//   node play.mjs PAGE playFile|playPlaylist URL
import { chromium } from "playwright-core";
import { ARGUMENTS, EXECUTABLE } from "./chromium.mjs";

const [page, action, media] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
try {
  const tab = await browser.newPage();
  await tab.goto(page);
  const happened = await tab.evaluate(([name, url]) => window[name](url), [action, media]);
  process.stdout.write(JSON.stringify(happened) + "\n");
} finally {
  await browser.close();
}
