// Small comforts. Everything works without them.
"use strict";

const slider = document.querySelector("#version");
if (slider) {
  const shown = document.querySelector("#shown");
  slider.addEventListener("input", () => { shown.value = slider.value; });
  slider.addEventListener("change", () => { slider.form.submit(); });
}

// "/" goes to the search, as people expect of pages that are mostly one.
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("#q");
  const isTyping = event.target.closest("input, textarea, select");
  if (event.key === "/" && field && !isTyping) {
    event.preventDefault();
    field.focus();
  }
});
