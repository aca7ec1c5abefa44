// What every page does by itself: its clock, its one lamp, fragments that keep themselves up to date.
"use strict";

/** Make `old` what `fresh` is, touching only what differs: pictures do not flicker, focus stays. */
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || (old.id || "") !== (fresh.id || "")) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const olds = [...old.childNodes];
  const news = [...fresh.childNodes];
  news.forEach((child, place) => (place < olds.length ? morph(olds[place], child) : old.append(child)));
  olds.slice(news.length).forEach((child) => child.remove());
}

/** Fetch a fragment over and over, and say on the page where nothing comes any more. */
function keepFresh(holder) {
  const { id } = holder;
  const every = 1000 * Number(holder.dataset.every || 1);
  let tag = "";
  const turn = async () => {
    const old = document.getElementById(id);
    let next = every;
    if (!old || !old.dataset.refresh) return;
    // A tab in the background tells in its title what waits; all else waits until it is seen.
    if (document.hidden && id !== "state") return void setTimeout(turn, every);
    try {
      const answer = await fetch(old.dataset.refresh, {
        headers: tag ? { "if-none-match": tag } : {}, cache: "no-store", signal: AbortSignal.timeout(8000),
      });
      if (answer.redirected) return location.reload();
      if (answer.status === 200) {
        tag = answer.headers.get("etag") || "";
        const fresh = document.createElement("template");
        fresh.innerHTML = (await answer.text()).trim();
        morph(old, fresh.content.firstElementChild);
      }
      document.body.classList.remove("is-cut-off");
    } catch {
      document.body.classList.add("is-cut-off");
      next = Math.max(every, 2000);
    }
    setTimeout(turn, next);
  };
  setTimeout(turn, every);
}

function tick() {
  for (const clock of document.querySelectorAll("[data-clock]"))
    clock.textContent = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: clock.dataset.clock }).format();
}

/** Open a link's form in a dialog; without script it is a page of its own. */
async function openDialog(link) {
  const address = new URL(link.href);
  address.searchParams.set("part", "dialog");
  address.searchParams.set("next", location.pathname + location.search);
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return void (location.href = link.href);
  const dialog = document.createElement("dialog");
  dialog.innerHTML = await answer.text();
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const title = document.title;
function tellInTitle() {
  const waiting = Number(document.getElementById("state")?.dataset.waiting || 0);
  document.title = waiting ? `(${waiting}) ${title}` : title;
}

document.documentElement.classList.add("js");
document.querySelectorAll("[data-refresh]").forEach(keepFresh);
setInterval(() => (tick(), tellInTitle()), 1000);
tellInTitle();
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openDialog(link).catch(() => (location.href = link.href));
  }
  const words = event.target.closest("button[data-words]");
  if (words) {
    const area = words.closest("form").querySelector("textarea");
    area.value = words.dataset.words;
    area.focus();
  }
  if (event.target.closest("[data-close]") && event.target.closest("dialog")) {
    event.preventDefault();
    event.target.closest("dialog").close();
  }
  if (event.target.nodeName === "DIALOG") event.target.close();
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
// A wall needs no pointer, and a form that is sent is sent once.
let resting = 0;
document.addEventListener("pointermove", () => {
  document.body.classList.remove("is-idle");
  clearTimeout(resting);
  resting = setTimeout(() => document.body.classList.add("is-idle"), 4000);
});
document.addEventListener("submit", (event) => {
  if (event.target.method === "post") setTimeout(() => event.target.querySelectorAll("button").forEach((x) => (x.disabled = true)));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "f" && document.body.classList.contains("is-wall"))
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
});
