// Opens the page in Debian's Chromium, plays what it is told, and prints what happened as JSON.
//
//   node play.mjs PAGE playFile|playPlaylist URL
import { chromium } from "playwright-core";

const [page, action, media] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox", // it runs as root, and only ever opens the test's own page
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
  ],
});
try {
  const tab = await browser.newPage();
  await tab.goto(page);
  const happened = await tab.evaluate(([name, url]) => window[name](url), [action, media]);
  process.stdout.write(JSON.stringify(happened) + "\n");
} finally {
  await browser.close();
}
