// Uses the page of a local cloud as a person does, and then the operator's page of the same stack;
// prints what was seen as JSON.
//
//   node local_page.mjs PAGE OPERATORS_PAGE CLIP [FOLDER FOR PICTURES]
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { chromium } from "playwright-core";
import { ARGUMENTS, EXECUTABLE } from "./chromium.mjs";

const [page, operatorsPage, clip, pictures] = process.argv.slice(2);
const HOSTILE = `<img src=x onerror="document.title='owned'">.mp4`;
const PATIENCE = 90_000;

const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
const tab = await browser.newPage({ viewport: { width: 1200, height: 900 } });
const complaints = [];
tab.on("pageerror", (error) => complaints.push(error.message));
tab.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });

/** Drop a file on the page, as the browser would. */
async function drop(name, content) {
  const files = await tab.evaluateHandle(([name, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name));
    return transfer;
  }, [name, content.toString("base64")]);
  await tab.dispatchEvent("#drop", "drop", { dataTransfer: files });
}

/** The words behind the bars of an upload, by preset. */
const words = (key) => tab.getByRole("article", { name: key }).locator(".bars li").evaluateAll(
  (rows) => Object.fromEntries(rows.map((row) => [row.dataset.name, row.dataset.word])));

const counts = (preset) => tab.locator(`#branches > [data-name="${preset}"] .count`).evaluateAll(
  (all) => Object.fromEntries(all.map((each) => [each.firstChild.textContent, +each.lastChild.textContent])));

async function until(what, look) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) {
      if (pictures) await tab.screenshot({ path: `${pictures}/failed.png`, fullPage: true });
      throw new Error(`not within ${PATIENCE / 1000} s: ${what}`);
    }
    await tab.waitForTimeout(100);
  }
}

const state = (key, preset, word) => until(`${preset} of ${key} ${word}`,
  async () => (await words(key))[preset] === word);

async function picture(name, { width = 1200, height = 900, scheme = "light" } = {}) {
  if (!pictures) return;
  await tab.setViewportSize({ width, height });
  await tab.emulateMedia({ colorScheme: scheme });
  await tab.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
  await tab.setViewportSize({ width: 1200, height: 900 });
  await tab.emulateMedia({ colorScheme: "light" });
}

try {
  const seen = {};
  const key = basename(clip);
  await tab.goto(page);
  await tab.waitForSelector("#drop:not([hidden])");

  // By keyboard: a switch is reached and turned.
  const pause = tab.getByRole("switch", { name: "Pause the pipeline of 720p" });
  await pause.focus();
  await tab.keyboard.press("Space");
  await tab.locator('#branches > [data-name="720p"] .paused').waitFor();

  await drop(key, await readFile(clip));
  await state(key, "1080p", "done");
  await until("the job of 720p", async () => (await counts("720p")).waiting === 1);
  seen.paused = { words: await words(key), waits: await counts("720p"), done: await counts("1080p") };
  await picture("paused");
  await picture("paused-phone-dark", { width: 375, height: 800, scheme: "dark" });

  await pause.click();
  for (const preset of ["720p", "stream", "stills", "sound"]) await state(key, preset, "done");
  seen.resumed = await words(key);

  const uploaded = tab.getByRole("article", { name: key });
  await uploaded.getByRole("button", { name: "Play all" }).click();
  const videos = uploaded.locator("video");
  seen.playing = await until("all videos playing", () => videos.evaluateAll((all) =>
    all.every((each) => each.currentTime > 0.5 && each.getVideoPlaybackQuality().totalVideoFrames > 5)
    && Object.fromEntries(all.map((each) => [each.getAttribute("aria-label"), [each.videoWidth, each.videoHeight]]))));
  seen.sound = await uploaded.locator("audio").evaluate(async (audio) => {
    await audio.play();
    await new Promise((resolve) => audio.addEventListener("timeupdate", resolve, { once: true }));
    return audio.duration;
  });
  const stills = uploaded.locator(".stills img");
  await stills.first().scrollIntoViewIfNeeded();
  seen.stills = await until("a still", () => stills.first().evaluate((image) => image.naturalWidth));
  await videos.evaluateAll((all) => all.forEach((each) => each.pause()));
  await picture("done");
  await picture("done-dark", { scheme: "dark" });
  await picture("done-phone", { width: 375, height: 800 });

  await uploaded.locator('figure[data-name^="720p "]').getByRole("button", { name: "job document" }).click();
  await tab.locator("dialog[open]").waitFor();
  seen.document = JSON.parse(await tab.locator("#document-text").textContent());
  await tab.keyboard.press("Escape");
  await tab.locator("dialog").waitFor({ state: "hidden" });

  // A name that is markup, on something that is no video.
  await drop(HOSTILE, Buffer.from("This is no video."));
  await state(HOSTILE, "1080p", "dead");
  const letter = tab.locator("#letters > li").filter({ hasText: "1080p" });
  await letter.waitFor();
  seen.letter = await letter.locator(".reason").textContent();
  seen.hostile = { key: await letter.locator(".key").textContent(), title: await tab.title() };
  await picture("dead");
  const first = await letter.getAttribute("data-name");
  await letter.getByRole("button", { name: /^Redrive/ }).click();
  seen.redriven = await until("a letter of attempt 2", async () => {
    const now = await letter.evaluateAll((all) => all.map((each) => each.dataset.name));
    const row = await tab.getByRole("article", { name: HOSTILE }).locator('[data-name="1080p"] .word').textContent();
    return now.length === 1 && now[0] !== first && row;
  });

  await tab.setViewportSize({ width: 375, height: 800 });
  seen.width = await tab.evaluate(() => document.documentElement.scrollWidth);

  await tab.setViewportSize({ width: 1200, height: 900 });
  await tab.goto(operatorsPage);
  const shown = tab.getByRole("article", { name: key });
  if (await shown.locator("details:not([open])").count()) await shown.locator("summary").click();
  await shown.locator("video").first().evaluate((video) => { video.muted = true; return video.play(); });
  seen.operator = {
    address: tab.url(),
    hands: await tab.locator("#drop:visible, [role=switch]:visible, button.redrive:visible").count(),
    dead: await tab.locator("#letters > li").count(),
    playing: await until("the operator's video", () => shown.locator("video").first().evaluate(
      (video) => video.currentTime > 0.5)),
  };
  await picture("operator");
  seen.complaints = complaints;
  process.stdout.write(JSON.stringify(seen) + "\n");
} finally {
  await browser.close();
}
