// Forms that ask again as soon as something else is chosen; without a script they have a button.
"use strict";
for (const form of document.querySelectorAll("form[data-autosubmit]"))
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });

// One frame to the next with the arrow keys, where nobody is typing.
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, summary") || event.ctrlKey || event.altKey || event.metaKey) return;
  const step = { ArrowLeft: "left", ArrowRight: "right" }[event.key];
  if (step) document.querySelector(`[data-step="${step}"]`)?.click();
});

// One key for what a frame shows.
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
});
