// Comfort on top of plain forms: nothing here is needed to propose, sign, send or STOP.
// One press, one act: the buttons of a form rest while it is on its way. STOP never rests.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once], [data-propose]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // After the browser has read the pressed button's name and value.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
});

// Back from the browser's page store: awake again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
});

function showMode(form) {
  const mode = form.querySelector("[name=mode]:checked")?.value;
  for (const part of form.querySelectorAll("[data-mode]")) part.hidden = part.dataset.mode !== mode;
}

const proposal = document.querySelector("[data-propose]");
if (proposal) {
  for (const button of proposal.querySelectorAll("[data-without-scripts]")) button.hidden = true;
  showMode(proposal);
  proposal.addEventListener("change", (event) => {
    if (event.target.name === "mode") showMode(proposal);
  });
  // Typed before htmx was there, or put back by the browser: the preview is still owed.
  const typed = () => [...proposal.elements].some((field) => "defaultValue" in field && field.value !== field.defaultValue);
  document.addEventListener("htmx:load", () => typed() && proposal.dispatchEvent(new Event("preview-again", { bubbles: true })), { once: true });
  // Reasons, the dose typed again, a second person and the PIN change nothing that is previewed.
  const quiet = "[name=reason], [name=pin], [name=retyped], [name=second_person], [name^=lift_]";
  proposal.parentElement.addEventListener(
    "input",
    (event) => event.target.matches(quiet) && event.stopPropagation(),
    { capture: true },
  );
  // What is being signed is not previewed any more.
  document.addEventListener("htmx:beforeRequest", (event) => proposal.dataset.sent && event.preventDefault());
  // A step added: its start is the next thing to type.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "steps") return;
    for (const button of proposal.querySelectorAll("[data-without-scripts]")) button.hidden = true;
    const added = event.detail.target.querySelector("[data-added]");
    (added ?? event.detail.target.querySelector("[name=pattern]:checked"))?.focus();
  });
}
document.querySelector("[data-focus-first]")?.focus();

// An answer that is an error arrives too: in the preview, so that no field that was typed in is replaced.
const preview = document.getElementById("preview");
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status < 400 || !preview) return;
  event.detail.target = preview;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
// No answer at all: say so. The preview goes, for it may be of other numbers; what was typed stays.
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => {
    if (preview) preview.textContent = "Nothing was sent: the server does not answer. What you typed is kept.";
  });
}
