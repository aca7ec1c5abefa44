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
  const every = 1000 * Number(holder.dataset.every || 1);
  let tag = "";
  const turn = async () => {
    let next = every;
    if (document.hidden) return void setTimeout(turn, every);
    try {
      const answer = await fetch(holder.dataset.refresh, {
        headers: tag ? { "if-none-match": tag } : {}, cache: "no-store", signal: AbortSignal.timeout(8000),
      });
      if (answer.redirected) return location.reload();
      if (answer.status === 200) {
        tag = answer.headers.get("etag") || "";
        const fresh = document.createElement("template");
        fresh.innerHTML = (await answer.text()).trim();
        morph(document.getElementById(holder.id), fresh.content.firstElementChild);
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

document.documentElement.classList.add("js");
document.querySelectorAll("[data-refresh]").forEach(keepFresh);
setInterval(tick, 1000);
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
});
