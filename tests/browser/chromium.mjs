// Debian's Chromium, and how the tests start it.

export const EXECUTABLE = "/usr/bin/chromium";

export const ARGUMENTS = [
  "--no-sandbox", // it runs as root, and only ever opens the test's own page
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];
