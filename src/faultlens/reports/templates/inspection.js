"use strict";
// Reads what the page holds and writes only classes, order and addresses within it.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const one = (name) => document.getElementById(name);
  const grid = one("grid");
  if (!grid) return;
  const cards = [...grid.querySelectorAll(".card")];
  const groups = [...document.querySelectorAll("[data-show]")];
  const verdict = one("verdict"), sort = one("sort"), search = one("search"), empty = one("empty");
  let group = "all";
  let shown = cards;
  let back = null;

  const orders = {
    worst: (a, b) => a.dataset.rank - b.dataset.rank,
    score: (a, b) => b.dataset.score - a.dataset.score || a.dataset.rank - b.dataset.rank,
    name: (a, b) => a.dataset.name.localeCompare(b.dataset.name, undefined, { numeric: true }),
  };

  const arrange = () => {
    const wanted = search.value.trim().toLowerCase();
    const fits = (card) =>
      (group === "all" || card.dataset.group === group) &&
      (verdict.value === "" || card.dataset.verdict === verdict.value) &&
      card.dataset.name.toLowerCase().includes(wanted);
    const sorted = [...cards].sort(orders[sort.value]);
    shown = sorted.filter(fits);
    for (const card of sorted) {
      card.parentElement.hidden = !shown.includes(card);
      grid.append(card.parentElement);
    }
    empty.hidden = shown.length > 0;
  };

  for (const button of groups) {
    button.addEventListener("click", () => {
      group = button.dataset.show;
      for (const other of groups) other.setAttribute("aria-pressed", String(other === button));
      arrange();
    });
  }
  verdict.addEventListener("change", arrange);
  sort.addEventListener("change", arrange);
  search.addEventListener("input", arrange);

  const toggle = (name) => {
    const box = one(name);
    box.checked = !box.checked;
  };
  const open = () => document.querySelector(".inspection:target");
  const cardOf = (section) => cards.find((card) => card.hash === `#${section.id}`);
  const show = (hash) => { location.replace(hash || "#grid"); };
  const step = (by) => {
    const section = open();
    if (!section) return;
    const at = shown.indexOf(cardOf(section));
    const next = shown[at + by];
    if (next) show(next.hash);
  };
  const close = () => {
    const section = open();
    if (!section) return;
    back = cardOf(section);
    show("#grid");
  };
  const zoom = () => {
    const section = open();
    if (section) section.classList.toggle("full");
  };
  const acts = {
    previous: () => step(-1), next: () => step(1), close, zoom,
    heat: () => toggle("heat"), outlines: () => toggle("outlines"),
  };

  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]");
    if (act) {
      event.preventDefault();
      acts[act.dataset.act]();
    } else if (event.target.closest(".inspection:target .stage")) {
      zoom();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!open() || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      ArrowLeft: "previous", ArrowRight: "next", Escape: "close",
      h: "heat", o: "outlines", z: "zoom",
    };
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) {
      event.preventDefault();
      acts[act]();
    }
  });
  const entered = () => {
    const section = open();
    for (const part of document.querySelectorAll("[data-behind]")) part.inert = Boolean(section);
    if (section) section.focus({ preventScroll: true });
    else if (back) back.focus();
  };
  window.addEventListener("hashchange", entered);
  entered();
})();
