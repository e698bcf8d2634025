// Copy buttons. Without this file the buttons stay hidden and one click on a
// text selects all of it.
"use strict";

if (navigator.clipboard) {
  const status = document.getElementById("copied");
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    const label = button.querySelector("span");
    let restore = 0;
    button.hidden = false;
    button.addEventListener("click", async () => {
      let said = "Copied";
      try {
        await navigator.clipboard.writeText(source.textContent);
      } catch {
        said = "Not copied";
      }
      label.textContent = said;
      if (status) status.textContent = said;
      clearTimeout(restore);
      restore = setTimeout(() => {
        label.textContent = "Copy";
        if (status) status.textContent = "";
      }, 2000);
    });
  }
}
