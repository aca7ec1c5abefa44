// A tip beside the pointer: the lines of the nearest [data-tip]. The page works without it.
(() => {
  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.setAttribute("aria-hidden", "true");
  let shown = null;

  function hide() {
    shown = null;
    tip.classList.remove("shown");
  }

  function show(event) {
    const mark = event.target.closest?.("[data-tip]");
    if (!mark) return hide();
    if (mark !== shown) {
      shown = mark;
      tip.replaceChildren(
        ...mark.dataset.tip.split("\n").map((line) => {
          const row = document.createElement("div");
          row.textContent = line;
          return row;
        }),
      );
      if (!tip.isConnected) document.body.append(tip);
      tip.classList.add("shown");
    }
    const { width, height } = tip.getBoundingClientRect();
    const left = event.clientX + 14 + width > innerWidth ? event.clientX - 14 - width : event.clientX + 14;
    const top = event.clientY - 14 - height < 0 ? event.clientY + 18 : event.clientY - 14 - height;
    tip.style.transform = `translate(${Math.max(4, left)}px, ${top}px)`;
  }

  document.addEventListener("pointermove", show, { passive: true });
  document.addEventListener("pointerleave", hide);
  addEventListener("scroll", hide, { passive: true });
})();
