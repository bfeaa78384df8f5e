// Shows what the server tells; every text goes in as text, so no key or reason becomes markup.

const $ = (id) => document.getElementById(id);

/** Make an element. Properties that it does not have become attributes. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Give a list one element per item, in order; an element stays as long as its item does. */
function keep(parent, items, name, build, update) {
  const there = new Map([...parent.children].filter((each) => each.dataset.name)
    .map((each) => [each.dataset.name, each]));
  let before = null;
  for (const item of items) {
    const key = name(item);
    let element = there.get(key);
    there.delete(key);
    if (!element) {
      element = build(item);
      element.dataset.name = key;
    }
    update(element, item);
    const place = before ? before.nextSibling : [...parent.children].find((each) => each.dataset.name);
    if (element !== place) parent.insertBefore(element, place ?? null);
    before = element;
  }
  for (const element of there.values()) element.remove();
}

/** Write a text only where it is new: what a screen reader has read stays read. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const part = (element, name) => element.querySelector(`.${name}`);

// Units.

function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let step = 0;
  while (count >= 1000 && step < units.length - 1) {
    count /= 1000;
    step += 1;
  }
  return `${count.toFixed(step && count < 10 ? 1 : 0)} ${units[step]}`;
}

const bitrate = (bits) => bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bits / 1e3)} kbit/s`;

function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, "0")} min`;
}

const clock = (seconds) => new Date(1000 * seconds).toLocaleTimeString();

// Requests.

async function post(path, document) {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(document) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

function showAlert(id, text) {
  write($(id), text ?? "");
  $(id).hidden = !text;
}

/** Say what became of what somebody did; it stays until they do something else. */
const showMessage = (text) => showAlert("message", text);

/** Do something on a click; what goes wrong is shown, and the button waits meanwhile. */
function onClick(button, act) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    showMessage("");
    try {
      await act();
    } catch (error) {
      showMessage(error.message);
    } finally {
      button.disabled = false;
    }
  });
}

// The fan-out.

const COUNTS = ["waiting", "running", "done", "dead"];
const TITLES = {
  waiting: "messages in the queue, and jobs that have not begun",
  running: "jobs at work",
  done: "renditions of the uploads below",
  dead: "messages in the dead-letter queue",
};

function branch({ preset }) {
  const counts = COUNTS.map((name) => make("div", { className: `count ${name}`, title: TITLES[name] },
    make("dt", { textContent: name }), make("dd", { textContent: "0" })));
  return make("li", {},
    make("h3", {}, make("span", { textContent: preset }), make("span", { className: "paused", textContent: "paused" })),
    make("dl", {}, ...counts),
    make("div", { className: "faults" }));
}

function updateBranch(element, preset, faults) {
  for (const name of COUNTS) {
    const count = part(element, name);
    write(count.lastChild, String(preset[name]));
    count.classList.toggle("some", preset[name] > 0);
  }
  part(element, "paused").hidden = !preset.is_paused;
  element.classList.toggle("is-paused", preset.is_paused);
  const own = faults.filter((fault) => fault.preset === preset.preset)
    .map((fault) => fault.name.startsWith("pause ") ? { ...fault, is_on: preset.is_paused } : fault);
  showFaults(part(element, "faults"), own);
}

function showFaults(parent, faults) {
  keep(parent, faults, (fault) => fault.name, (fault) => {
    const box = make("input", { type: "checkbox", role: "switch" });
    box.addEventListener("change", async () => {
      box.disabled = true;
      showMessage("");
      try {
        await post("/api/faults", { name: fault.name, on: box.checked });
      } catch (error) {
        box.checked = !box.checked;
        showMessage(error.message);
      } finally {
        box.disabled = false;
        box.focus();
      }
    });
    const name = fault.preset ? make("span", { className: "hidden", textContent: ` of ${fault.preset}` }) : "";
    return make("label", {}, box, make("span", {}, fault.label, name));
  }, (element, fault) => {
    const box = element.firstChild;
    if (!box.disabled) box.checked = fault.is_on;
  });
}

// Uploads.

/** Videos that show their first frame: each may hold one of the six connections of a browser. */
const MOST_PREVIEWS = 3;

/** Uploads whose renditions are shown without being asked for. */
const MOST_UNFOLDED = 3;

const HLS = "application/vnd.apple.mpegurl";

function upload(item) {
  const play = make("button", { type: "button", className: "play", textContent: "Play all" });
  const element = make("article", {},
    make("div", { className: "title" },
      make("h3", { textContent: item.key }),
      make("p", { className: "quiet facts" }),
      play),
    make("ul", { className: "bars" }),
    make("details", { open: document.querySelectorAll("article details[open]").length < MOST_UNFOLDED },
      make("summary"), make("div", { className: "renditions" })));
  element.setAttribute("aria-label", item.key);
  element.querySelector("details").addEventListener("toggle", () => showRenditions(element));
  onClick(play, () => Promise.all([...element.querySelectorAll("video")].map((video, index) => {
    video.currentTime = 0;
    video.muted = index > 0; // one sound is enough
    return video.play();
  })));
  return element;
}

function updateUpload(element, item) {
  write(part(element, "facts"), `${bytes(item.size)}, ${clock(item.at)}`);
  keep(part(element, "bars"), item.renditions, (each) => each.preset, (each) => make("li", {},
    make("span", { className: "name", textContent: each.preset }),
    make("progress", { max: 100, "aria-label": each.preset }),
    make("span", { className: "word" }),
    make("span", { className: "why" }),
  ), updateBar);
  element.done = item.renditions.filter((each) => each.files.length);
  showRenditions(element);
}

/** Load what was made of an upload while it is unfolded: a browser has few connections. */
function showRenditions(element) {
  const details = element.querySelector("details");
  const many = element.done.length;
  details.hidden = !many;
  write(details.firstChild, many === 1 ? "1 rendition" : `${many} renditions`);
  keep(part(element, "renditions"), details.open ? element.done : [],
    (each) => `${each.preset} ${each.job_id}`, rendition, () => {});
  part(element, "play").hidden = element.querySelectorAll("video").length < 2;
}

function updateBar(element, rendition) {
  const bar = element.querySelector("progress");
  bar.value = rendition.word === "done" ? 100 : rendition.percent;
  element.dataset.word = rendition.word;
  const percent = rendition.word === "running" ? ` ${rendition.percent} %` : "";
  const attempt = rendition.attempt > 1 ? `, attempt ${rendition.attempt}` : "";
  write(part(element, "word"), `${rendition.word}${percent}${attempt}`);
  const failure = rendition.word === "done" ? null : rendition.failure;
  write(part(element, "why"), failure ? `${failure.code}: ${failure.reason}` : "");
}

function rendition(each) {
  const stills = each.files.filter((file) => file.type === "image/jpeg").length;
  const facts = [
    stills ? `${stills} stills` : each.width && `${each.width} × ${each.height}`,
    each.duration_ms && duration(each.duration_ms),
    bytes(each.size),
    each.bitrate && bitrate(each.bitrate),
  ].filter(Boolean).join(" · ");
  const look = make("button", { type: "button", className: "link", textContent: "job document" });
  onClick(look, () => showDocument(each));
  const main = each.files[0];
  return make("figure", {},
    media(each),
    make("figcaption", {},
      make("strong", { textContent: each.preset }),
      make("span", { textContent: facts }),
      make("span", {}, make("a", { href: main.url, textContent: main.name }), " ", look)));
}

/** What plays or shows a rendition: by its main file, or its stills. */
function media({ preset, files }) {
  const stills = files.filter((file) => file.type === "image/jpeg");
  if (stills.length) {
    return make("div", { className: "stills", tabIndex: 0, role: "group", ariaLabel: `Stills of ${preset}` },
      ...stills.map((file) => make("img", { src: file.url, alt: file.name, loading: "lazy" })));
  }
  const main = files.find((file) => file.type === HLS) ?? files[0];
  if (main.type.startsWith("audio/")) {
    return make("audio", { src: main.url, controls: true, preload: "none", ariaLabel: preset });
  }
  const preload = document.querySelectorAll("video").length < MOST_PREVIEWS ? "metadata" : "none";
  const video = make("video", { controls: true, preload, playsInline: true, ariaLabel: preset });
  if (main.type === HLS && !video.canPlayType(HLS)) {
    return make("p", { className: "quiet",
      textContent: "This browser does not play HLS. Open the playlist in a player that does." });
  }
  video.src = main.url;
  return video;
}

async function showDocument({ preset, job_id: job }) {
  const answer = await fetch(`/api/jobs/${encodeURIComponent(job)}`);
  const text = await answer.text();
  write($("document-title"), `${preset}: job ${job}`);
  write($("document-text"), answer.ok ? text : JSON.parse(text).error);
  $("document").showModal();
}

// Dead letters.

function letter(item) {
  const button = make("button", { type: "button", textContent: "Redrive", className: "redrive" });
  onClick(button, () => redrive([item.message_id]));
  button.setAttribute("aria-label", `Redrive ${item.keys.join(", ")} for ${item.preset}`);
  return make("li", {},
    make("strong", { textContent: item.preset }),
    make("span", { className: "key", textContent: item.keys.join(", ") || "(no upload)" }),
    make("span", { className: "reason" }),
    button);
}

function updateLetter(element, item, canChange) {
  const reason = item.code ? `${item.code}: ${item.reason}` : "Set aside without a reason.";
  write(part(element, "reason"), item.obsolete ? `${reason} A newer upload took its place.` : reason);
  part(element, "redrive").hidden = !canChange;
}

async function redrive(letters) {
  const { failed } = await post("/api/redrive", { letters });
  showMessage(failed.join(" "));
}

// Sending files.

let suffixes = [];

function send(file) {
  showMessage("");
  if (!suffixes.some((suffix) => file.name.endsWith(suffix))) {
    showMessage(`${file.name}: the stack listens to names that end in ${suffixes.join(", ")}.`);
    return;
  }
  const bar = make("progress", { max: file.size || 1, value: 0, "aria-label": file.name });
  const row = make("p", { className: "sending" }, make("span", { textContent: `Uploading ${file.name}` }), bar);
  $("sending").append(row);
  const request = new XMLHttpRequest(); // fetch does not tell how far an upload is
  request.upload.onprogress = (event) => { bar.value = event.loaded; };
  request.onloadend = () => {
    row.remove();
    if (request.status !== 200) {
      showMessage(request.responseText ? JSON.parse(request.responseText).error : `${file.name} could not be sent.`);
    }
  };
  request.open("POST", `/api/uploads?key=${encodeURIComponent(file.name)}`);
  request.send(file);
}

$("file").addEventListener("change", () => {
  [...$("file").files].forEach(send);
  $("file").value = "";
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("is-over", kind === "dragover");
    if (kind === "drop" && !$("drop").hidden) [...event.dataTransfer.files].forEach(send);
  });
}

// The feed.

function show(board) {
  showAlert("trouble", board.trouble);
  if (!board.presets) return;
  suffixes = board.suffixes;
  $("drop").hidden = !board.can_change;
  $("common-faults").hidden = !board.can_change;
  write($("bucket"), board.input_bucket);
  write($("topic"), board.topic);
  keep($("branches"), board.presets, (preset) => preset.preset, branch,
    (element, preset) => updateBranch(element, preset, board.faults));
  showFaults($("common-faults"), board.faults.filter((fault) => !fault.preset));
  keep($("uploads"), board.uploads, (each) => each.id, upload, updateUpload);
  $("no-uploads").hidden = board.uploads.length > 0;
  $("letters-section").hidden = !board.letters.length;
  $("redrive-all").hidden = !board.can_change || board.letters.length < 2;
  keep($("letters"), board.letters, (each) => each.message_id, letter,
    (element, each) => updateLetter(element, each, board.can_change));
  lettersNow = board.letters;
}

let lettersNow = [];
onClick($("redrive-all"), () => redrive(lettersNow.map((each) => each.message_id)));

const feed = new EventSource("/api/feed");
feed.onopen = () => write($("connection"), "live");
feed.onerror = () => write($("connection"), "no connection; the command may have ended");
feed.onmessage = (event) => show(JSON.parse(event.data));
